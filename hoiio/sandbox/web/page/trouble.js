// Make requests and notifications fail, move the clock, and start again.

import { ask } from './api.js'
import { fetchTrouble } from './data.js'
import { html } from './html.js'
import { count } from './text.js'
import { setClock, clockTime, longDay, now } from './time.js'
import { tell } from './toast.js'

const KINDS = {
  status: 'gets the status',
  rate_limited: 'gets error_rate_limit_exceeded',
  http_error: 'gets an HTTP error',
  dropped_before: 'loses its connection before it takes effect',
  dropped_after: 'loses its connection after it took effect',
  latency: 'is answered late',
  truncated: 'gets half an answer',
  garbage: 'gets an answer that is not JSON',
}
// The fields that only one kind of fault has.
const KIND_OF = { status: 'status', code: 'http_error', seconds: 'latency' }
const USUAL = 'error_internal_server_error'
const STEPS = [
  ['+1 min', { minutes: 1 }],
  ['+10 min', { minutes: 10 }],
  ['+1 hour', { hours: 1 }],
  ['+1 day', { days: 1 }],
  ['+1 week', { days: 7 }],
  ['+1 month', { days: 30 }],
]

export function Trouble({ trouble, operations, clock }) {
  return html`<div class="panel-body trouble">
    <${Faults} faults=${trouble.faults} operations=${operations} />
    <${Notifications} post=${trouble.post} />
    <${Clock} clock=${clock} />
    <${Reset} undo=${trouble.undo} />
  </div>`
}

async function change(method, path, body) {
  const answer = await ask(method, path, body)
  fetchTrouble()
  return answer
}

function Faults({ faults, operations }) {
  const submit = (event) => {
    event.preventDefault()
    const { times, operation, kind, status, code, seconds } = event.target.elements
    const rule = {
      kind: kind.value,
      operation: operation.value || null,
      times: Number(times.value),
    }
    if (rule.kind === 'status') rule.status = status.value
    if (rule.kind === 'http_error') rule.code = Number(code.value)
    if (rule.kind === 'latency') rule.seconds = Number(seconds.value)
    change('POST', 'faults', rule)
  }
  return html`<section aria-labelledby="faults">
    <h3 id="faults">Make requests fail</h3>
    <form class="fault" onSubmit=${submit}>
      <label>The next <input name="times" type="number" min="1" max="1000" defaultValue="1"
        required /></label>
      <select name="operation" aria-label="of the operation">
        <option value="">of any operation</option>
        ${operations?.operations.map(({ path }) => html`<option key=${path}
          value=${path}>${path}</option>`)}
      </select>
      <select name="kind" aria-label="what goes wrong"
        onChange=${({ target }) => disableHidden(target.form.elements)}>
        ${Object.entries(KINDS).map(([kind, label]) => html`<option key=${kind}
          value=${kind}>${label}</option>`)}
      </select>
      <select name="status" aria-label="the status" data-of="status">
        ${operations?.statuses
          .filter(({ status }) => status.startsWith('error_'))
          .map(
            ({ status }) =>
              html`<option key=${status} selected=${status === USUAL}>${status}</option>`,
          )}
      </select>
      <label data-of="http_error">HTTP <input name="code" type="number" min="500" max="599"
        defaultValue="503" /></label>
      <label data-of="latency">
        after <input name="seconds" type="number" min="0" max="60" step="0.1" defaultValue="5" /> s
      </label>
      <button class="primary" type="submit">Make it fail</button>
    </form>
    <ul class="plain">
      ${faults.map(
        (fault) =>
          html`<li class="line" key=${fault.id}>
            <span class="grow">${describe(fault)}</span>
            <button onClick=${() => change('DELETE', `faults/${fault.id}`)}>Remove</button>
          </li>`,
      )}
    </ul>
  </section>`
}

/** Disable the fields that are hidden. Otherwise a wrong value in one keeps the form from being sent. */
function disableHidden(elements) {
  for (const [name, kind] of Object.entries(KIND_OF)) {
    elements[name].disabled = kind !== elements.kind.value
  }
}

function describe({ kind, operation, left, status, code, seconds }) {
  const number =
    left === null ? 'Each request' : `The next ${left === 1 ? 'request' : count(left, 'request')}`
  const what = {
    status: `gets ${status}`,
    http_error: `gets HTTP ${code}`,
    latency: `is answered after ${seconds} s`,
  }
  return `${number} ${operation ?? 'of any operation'} ${what[kind] ?? KINDS[kind]}`
}

function Notifications({ post }) {
  const run = (path, names) => (event) => {
    event.preventDefault()
    const fields = names.map((name) => [name, Number(event.target.elements[name].value)])
    change('POST', `post/${path}`, Object.fromEntries(fields))
  }
  const active =
    post !== null && (post.duplicates > 0 || post.delays.length > 0 || post.reorder > 0)
  return html`<section aria-labelledby="disturb">
    <h3 id="disturb">Disturb notifications</h3>
    <form class="line" onSubmit=${run('duplicate_next', ['times'])}>
      <label class="grow">Deliver the next <input name="times" type="number" min="1" max="1000"
        defaultValue="1" /> twice</label>
      <button type="submit">Duplicate</button>
    </form>
    <form class="line" onSubmit=${run('delay_next', ['seconds', 'times'])}>
      <label class="grow">
        Delay the next <input name="times" type="number" min="1" max="1000" defaultValue="1"
          aria-label="how many" /> by
        <input name="seconds" type="number" min="1" max="86400" defaultValue="60"
          aria-label="seconds" /> s
      </label>
      <button type="submit">Delay</button>
    </form>
    <form class="line" onSubmit=${run('reorder_next', ['count'])}>
      <label class="grow">Reverse the next <input name="count" type="number" min="2" max="1000"
        defaultValue="2" /></label>
      <button type="submit">Reorder</button>
    </form>
    ${
      active &&
      html`<div class="line">
      <span class="grow">${active && pending(post)}</span>
      <button onClick=${() => change('POST', 'post/clear')}>Clear</button>
    </div>`
    }
  </section>`
}

function pending({ duplicates, delays, reorder }) {
  const parts = [
    duplicates > 0 && `${duplicates} will arrive twice`,
    delays.length > 0 && `${delays.length} will be late`,
    reorder > 0 && `${reorder} will be reversed`,
  ]
  return parts.filter(Boolean).join(', ')
}

function Clock({ clock }) {
  const move = async (step) => {
    const answer = await ask('POST', 'clock/advance', step)
    if (answer !== null) setClock(answer)
  }
  return html`<section aria-labelledby="clock">
    <h3 id="clock">Move the clock</h3>
    <p class="clock-now">
      <b>${clock === null ? '' : clockTime(now())}</b> ${clock === null ? '' : longDay(now())}
      ${clock !== null && !clock.runs && ' (stopped)'}
    </p>
    <div class="steps">
      ${STEPS.map(([label, step]) => html`<button key=${label}
        onClick=${() => move(step)}>${label}</button>`)}
    </div>
  </section>`
}

function Reset({ undo }) {
  return html`<section aria-labelledby="reset">
    <h3 id="reset">Start again</h3>
    <div class="line">
      <span class="grow">Go back to the start: no transactions, no logs, the whole credit.</span>
      <button class="danger" onClick=${reset}>Reset</button>
    </div>
    ${
      undo?.available &&
      html`<div class="line">
      <span class="grow">Return to the state before the last reset.</span>
      <button onClick=${takeBack}>Undo the reset</button>
    </div>`
    }
  </section>`
}

async function reset() {
  if ((await change('POST', 'reset', { undoable: true })) === null) return
  tell('The sandbox is back at its start.', { label: 'Undo', run: takeBack })
}

function takeBack() {
  return change('POST', 'undo')
}
