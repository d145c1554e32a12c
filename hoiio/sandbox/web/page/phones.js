// The list of phones, with its search.

import { html } from './html.js'
import { Icon } from './icons.js'
import { List } from './list.js'
import { toPhone, go } from './route.js'
import { remember } from './store.js'
import { searchPhones } from './search.js'
import { asNumber, isNumber, names } from './text.js'
import { shortTime } from './time.js'

const HEIGHT = 60
const keyOf = ({ number }) => number

/** Return the rows: the phones that match, a number that was typed, then the magic numbers. */
const rowsOf = remember((phones, found, magic, search) => {
  const text = search.trim().toLowerCase()
  const known = new Set(phones.map(keyOf))
  const listed = [...phones, ...found.filter(({ number }) => !known.has(number))]
  const shown = text === '' ? phones : listed.filter((phone) => matches(phone, text))
  const typed = asNumber(search)
  const open = isNumber(typed) && !shown.some(({ number }) => number === typed)
  const special = magic.filter(
    ({ number, name, sentence }) =>
      !shown.some((phone) => phone.number === number) &&
      `${number} ${name} ${sentence}`.toLowerCase().includes(text),
  )
  return [...(open ? [{ number: typed, typed: true }] : []), ...shown, ...special]
})

function matches({ number, last, magic }, text) {
  return `${number} ${last?.text ?? ''} ${magic ?? ''}`.toLowerCase().includes(text)
}

export function Phones({ phones, found, magic, search, phone }) {
  const rows = rowsOf(phones, found, magic, search)
  return html`<nav class="column phones" aria-label="Phones">
    <div class="column-head">
      <label class="search">
        <${Icon} name="search" />
        <input
          id="search"
          type="search"
          placeholder="Search, or type a number"
          aria-label="Search the phones, or type a number"
          aria-keyshortcuts="/"
          autocomplete="off"
          value=${search}
          onInput=${({ target }) => searchPhones(target.value)}
          onKeyDown=${({ key, target }) => {
            // The rows on the screen may still be those of the text before this one.
            const [first] = key === 'Enter' ? rowsOf(phones, found, magic, target.value) : []
            if (first) go(toPhone(first.number))
            if (key === 'Escape') searchPhones('')
          }}
        />
      </label>
    </div>
    ${
      rows.length === 0
        ? html`<p class="empty">No phone matches. Type a whole number, such as +6591234567.</p>`
        : html`<${List}
          label="Phones"
          items=${rows}
          keyOf=${keyOf}
          current=${phone}
          height=${HEIGHT}
          row=${(item, link) => html`<${Row} item=${item} link=${link} phone=${phone} />`}
        />`
    }
  </nav>`
}

function Row({ item, link, phone }) {
  const current = item.number === phone
  const { unread = 0, last } = item
  return html`<a
    ...${link}
    class=${names('row', 'phone-row', current && 'current', unread > 0 && 'unread')}
    href=${toPhone(item.number)}
    aria-current=${current ? 'true' : null}
  >
    <span class="phone-number">${item.number}</span>
    <span class="phone-when">${last ? shortTime(last.date) : ''}</span>
    <span class="phone-about"><${About} item=${item} /></span>
    ${unread > 0 && html`<span class="badge" aria-label="${unread} unread">${unread}</span>`}
  </a>`
}

/** Say the most important thing about a phone: its call, its last message, what it is for. */
function About({ item }) {
  if (item.typed) return 'Open this phone'
  const call = item.calls?.find(({ kind }) => kind === 'call')
  if (call) {
    const text = call.state === 'ringing' ? 'Ringing' : 'In a call'
    return html`<span class="live"><${Icon} name="phone" /> ${text}: ${call.other}</span>`
  }
  if (item.sentence) return html`<span class="magic">${item.sentence}</span>`
  if (item.calls?.length) return html`<span class="live"><${Icon} name="fax" /> Fax arriving</span>`
  return aboutLast(item.last) ?? item.magic ?? 'Nothing yet'
}

function aboutLast(last) {
  if (!last) return null
  const { kind, incoming, other, text } = last
  if (kind === 'sms') return incoming ? text : `You: ${text}`
  const what = kind === 'fax' ? 'Fax' : 'Call'
  return `${what} ${incoming ? 'from' : 'to'} ${other}`
}
