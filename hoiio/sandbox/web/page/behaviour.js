// How a phone reacts to calls and SMS.

import { act } from './api.js'
import { takePhone } from './data.js'
import { html } from './html.js'
import { count } from './text.js'

const REACTIONS = {
  busy: 'Is busy',
  unanswered: 'Does not answer',
  failed: 'Cannot be connected',
}

/** Describe in one line how a phone reacts. */
export function describe(script) {
  const { outcome, after, pressing, hanging_up_after: hangsUp, replying } = script
  const parts = [
    outcome === null && 'Rings until you answer',
    outcome === 'answered' &&
      (after > 0 ? `Answers after ${count(after, 'second')}` : 'Answers at once'),
    REACTIONS[outcome],
    outcome === 'answered' && pressing.length > 0 && `presses ${pressing[0]}`,
    outcome === 'answered' && hangsUp !== null && `hangs up after ${count(hangsUp, 'second')}`,
    replying !== null && `replies “${replying}” to each SMS`,
  ]
  return parts.filter(Boolean).join(', ')
}

export function Behaviour({ opened }) {
  const { number, phone } = opened
  const { script, coming } = phone
  const set = async (action, body) => takePhone(await act(number, action, body))
  const choices = [
    ['rings', {}, 'Rings until you answer, for 30 seconds', script.outcome === null],
    ['busy', {}, 'Is busy', script.outcome === 'busy'],
    ['react', { reaction: 'unanswered' }, 'Does not answer', script.outcome === 'unanswered'],
    ['react', { reaction: 'failed' }, 'Cannot be connected', script.outcome === 'failed'],
  ]
  return html`<div class="tab-body" key=${number}>
    <fieldset class="choices">
      <legend>When a call comes in, this phone</legend>
      ${choices.map(
        ([action, body, label, checked]) =>
          html`<label class="choice" key=${label}>
            <input type="radio" name="reaction" checked=${checked}
              onChange=${() => set(action, body)} />
            ${label}
          </label>`,
      )}
      <${Answers} script=${script} set=${set} key=${JSON.stringify(script)} />
    </fieldset>
    <div class="line">
      <span class="grow">
        Reject the next call
        ${coming.length > 0 && html`<small>${count(coming.length, 'call')} left to reject</small>`}
      </span>
      <button onClick=${() => set('reject_next', {})}>Reject next</button>
    </div>
    <form
      class="line replies"
      onSubmit=${(event) => {
        event.preventDefault()
        set('replies', { text: event.target.elements.text.value || null })
      }}
    >
      <label class="grow">
        Reply to each SMS with
        <input name="text" defaultValue=${script.replying ?? ''} placeholder="no reply"
          autocomplete="off" />
      </label>
      <button type="submit">Save</button>
    </form>
  </div>`
}

function Answers({ script, set }) {
  const answers = script.outcome === 'answered'
  const submit = (event) => {
    event.preventDefault()
    const { after, pressing, hanging } = event.target.elements
    const body = {
      after: Number(after.value),
      pressing: pressing.value.split(/[\s,]+/).filter(Boolean),
    }
    if (hanging.value !== '') body.hanging_up_after = Number(hanging.value)
    set('answers', body)
  }
  return html`<form class="answers" onSubmit=${submit}>
    <label class="choice">
      <input type="radio" name="reaction" checked=${answers}
        onChange=${({ target }) => target.form.requestSubmit()} />
      Answers
    </label>
    <label>after <input name="after" type="number" min="0" max="30" step="any"
      defaultValue=${script.after} /> s</label>
    <label>
      pressing
      <input name="pressing" pattern="[0-9*#,\\s]*" placeholder="1 2#"
        defaultValue=${script.pressing.join(' ')} />
    </label>
    <label>
      hanging up after
      <input name="hanging" type="number" min="0" step="any" defaultValue=${script.hanging_up_after ?? ''}
        placeholder="–" /> s
    </label>
    <button type="submit">Save</button>
  </form>`
}
