// The timeline: one entry for each thing that happened, the newest first.

import { html } from './html.js'
import { Icon } from './icons.js'
import { fold, loadOlder } from './log.js'
import { List } from './list.js'
import { change, remember, state } from './store.js'
import { names } from './text.js'
import { clockTime } from './time.js'

const HEIGHT = 36
const KINDS = {
  '': 'Everything',
  sms: 'SMS',
  call: 'Calls',
  ivr: 'IVR',
  fax: 'Faxes',
  number: 'Numbers',
  notification: 'Notifications',
  request: 'Requests',
}
// The beginning of an event repeats its kind and its reference, which have their own place.
const PREFIX = /^(notification \d+ \S+ -> |(sms|call|fax|session) [\w-]+ )/
const ENTRY_KINDS = new Set(['sms', 'call', 'ivr', 'fax', 'number'])

const keyOf = ({ key }) => key

/** Return the rows: the entries, and the lines of those that are unfolded. */
const rowsOf = remember((entries, unfolded) =>
  entries.flatMap((entry) => {
    if (!unfolded.has(entry.key)) return [entry]
    const lines = entry.lines.map((line) => ({
      ...line,
      key: `${entry.key}/${lineKey(line)}`,
      inner: true,
    }))
    return [entry, ...lines]
  }),
)

function lineKey({ event, request }) {
  return event === undefined ? `requests/${request.id}` : `events/${event.id}`
}

export function Timeline({ events, requests, filter, unfolded, phone }) {
  const entries = fold(events.list, requests.list, filter, phone)
  const rows = rowsOf(entries, unfolded)
  const quiet = events.list.length === 0 && requests.list.length === 0
  return html`<${Filters} filter=${filter} phone=${phone} />
    ${
      rows.length > 0 &&
      html`<${List}
      label="Timeline"
      items=${rows}
      keyOf=${keyOf}
      current=${null}
      height=${HEIGHT}
      reach=${loadOlder}
      row=${(item, link) => html`<${Row} item=${item} link=${link} unfolded=${unfolded} />`}
    />`
    }
    ${rows.length === 0 && events.loaded && quiet && html`<${Nothing} />`}
    ${rows.length === 0 && !quiet && html`<p
      class="empty">Nothing matches. Change the filter above.</p>`}`
}

function Nothing() {
  return html`<div class="empty">
    <p>Nothing has happened yet. Each request, call and message appears here.</p>
  </div>`
}

function Filters({ filter, phone }) {
  const set = (values) => change({ filter: { ...state.filter, ...values } })
  return html`<div class="filters" role="search" aria-label="Filter the timeline">
    <label class="search">
      <${Icon} name="search" />
      <input
        type="search"
        placeholder="Filter"
        aria-label="Text"
        value=${filter.text}
        onInput=${({ target }) => set({ text: target.value })}
      />
    </label>
    <select aria-label="Kind" value=${filter.kind}
      onChange=${({ target }) => set({ kind: target.value })}>
      ${Object.entries(KINDS).map(([kind, label]) => html`<option key=${kind}
        value=${kind}>${label}</option>`)}
    </select>
    <${Toggle} label="Failed" on=${filter.failed} set=${(failed) => set({ failed })} />
    ${
      phone !== null &&
      html`<${Toggle} label="This phone" on=${filter.phone}
        set=${(only) => set({ phone: only })} />`
    }
  </div>`
}

export function Toggle({ label, on, set }) {
  return html`<button class="toggle" aria-pressed=${String(on)}
    onClick=${() => set(!on)}>${label}</button>`
}

function Row({ item, link, unfolded }) {
  return item.inner
    ? html`<${Line} line=${item} link=${link} />`
    : html`<${Entry} entry=${item} link=${link} unfolded=${unfolded} />`
}

function Entry({ entry, link, unfolded }) {
  const { key, lines } = entry
  const main =
    lines.find(({ event }) => event !== undefined && ENTRY_KINDS.has(event.kind)) ?? lines[0]
  const last = lines.at(-1)
  const failed = lines.some(isFailed)
  const open = unfolded.has(key)
  const toggle = () => {
    const next = new Set(state.unfolded)
    if (!next.delete(key)) next.add(key)
    change({ unfolded: next })
  }
  const pressed = (event) => {
    const wanted = { ArrowRight: false, ArrowLeft: true }[event.key]
    if (wanted === state.unfolded.has(key) && lines.length > 1) toggle()
  }
  return html`<div class=${names('entry', failed && 'failed')}>
    ${
      lines.length > 1
        ? html`<button
          class=${names('unfold', open && 'open')}
          tabindex="-1"
          aria-expanded=${String(open)}
          aria-label="Show all ${lines.length} lines"
          onClick=${toggle}
        >
          <${Icon} name="open" />
        </button>`
        : html`<span class="unfold"></span>`
    }
    <a ...${link} class="row entry-row" href=${`#/${key}`} onKeyDown=${pressed}>
      <time>${clockTime(dateOf(last))}</time>
      <${Icon} name=${failed ? 'alert' : kindOf(main)} label=${failed ? 'Failed' : kindOf(main)} />
      <span class="entry-text">
        <span class="entry-title">${titleOf(main)}</span>
        ${last !== main && html` <${Last} line=${last} />`}
      </span>
      ${lines.length > 1 && html`<span class="entry-count"
        aria-label="${lines.length} lines">${lines.length}</span>`}
    </a>
  </div>`
}

function Last({ line }) {
  const classes = names('entry-last', isFailed(line) && 'failed')
  return html`<span class=${classes}>${titleOf(line)}</span>`
}

function Line({ line, link }) {
  const failed = isFailed(line)
  return html`<a ...${link} class=${names('row', 'entry-line', failed && 'failed')}
    href=${`#/${lineKey(line)}`}>
    <time>${clockTime(dateOf(line))}</time>
    <${Icon} name=${failed ? 'alert' : kindOf(line)} label=${failed ? 'Failed' : kindOf(line)} />
    <span class="entry-text">${titleOf(line)}</span>
  </a>`
}

function isFailed({ event, request }) {
  return (event ?? request).failed
}

function dateOf({ event, request }) {
  return (event ?? request).date
}

function kindOf({ event }) {
  return event === undefined ? 'request' : event.kind
}

/** Return what a line says, without what has its own place. */
export function titleOf({ event, request }) {
  if (event === undefined) return `${request.operation} → ${request.status}`
  return event.text.replace(PREFIX, '').replaceAll(' -> ', ' → ')
}
