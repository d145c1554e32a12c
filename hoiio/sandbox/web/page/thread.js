// The SMS of a phone, as a conversation.

import { act } from './api.js'
import { copy } from './clipboard.js'
import { showMore, takePhone } from './data.js'
import { changeDraft, chosen, draftOf } from './drafts.js'
import { html } from './html.js'
import { to } from './route.js'
import { codeIn, count, money, names } from './text.js'
import { longDay, clockTime } from './time.js'
import { Component, createRef } from './vendor/preact.mjs'

const FAILED = new Set(['failed', 'error'])

/** The conversation. It shows the newest message, unless the person reads an older one. */
export class Thread extends Component {
  box = createRef()
  atEnd = true

  scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = this.box.current
    this.atEnd = scrollHeight - scrollTop - clientHeight < 40
  }

  componentDidMount() {
    this.follow()
  }

  componentDidUpdate({ opened }) {
    if (opened.number !== this.props.opened.number) this.atEnd = true
    this.follow()
  }

  follow() {
    if (this.atEnd) this.box.current.scrollTop = this.box.current.scrollHeight
  }

  render({ opened, numbers }) {
    const { messages, total } = opened.messages
    const oldestFirst = messages.toReversed()
    return html`<div class="thread">
      <div
        ref=${this.box}
        class="messages"
        role="log"
        aria-label="Messages"
        tabindex="0"
        onScroll=${this.scrolled}
      >
        ${
          total > messages.length &&
          html`<button class="earlier" onClick=${showMore}>
          Show earlier messages (${total - messages.length})
        </button>`
        }
        ${
          total === 0 &&
          html`<p class="empty">
          No messages yet. Send an SMS to ${opened.number} with the API, or write one below.
        </p>`
        }
        ${oldestFirst.map(
          (message, index) =>
            html`<${Message} key=${message.id} message=${message}
              before=${oldestFirst[index - 1]} />`,
        )}
      </div>
      <${Compose}
        number=${opened.number}
        own=${numbers.filter(({ capabilities }) => capabilities.includes('SMS'))}
        draft=${draftOf(opened.number)}
      />
    </div>`
  }
}

function Message({ message, before }) {
  const { incoming, other, text, date, status } = message
  const day = longDay(date)
  const code = incoming ? codeIn(text) : null
  const newDay = before === undefined || longDay(before.date) !== day
  const newParty = newDay || before.other !== other || before.incoming !== incoming
  return html`${newDay && html`<h2 class="day">${day}</h2>`}
    ${
      newParty &&
      html`<p class=${names('party', !incoming && 'sent')}>${incoming ? other : `to ${other}`}</p>`
    }
    <div class=${names('message', incoming ? 'received' : 'sent', FAILED.has(status) && 'failed')}>
      <p class="bubble" dir="auto">${text}</p>
      <p class="about"><${About} message=${message} /></p>
      ${
        code !== null &&
        html`<button class="quiet" onClick=${() => copy(code, 'the code')}>Copy ${code}</button>`
      }
    </div>`
}

function About({ message }) {
  const { date, status, parts, price, currency, tag, txn_ref: ref } = message
  const facts = [
    parts !== null && parts > 1 && count(parts, 'part'),
    price !== null && money(price, currency),
    status !== null && status,
    tag && `tag ${tag}`,
  ].filter(Boolean)
  const time = html`<time datetime=${date}>${clockTime(date)}</time>`
  return html`${ref === null ? time : html`<a href=${to('transactions', ref)}>${time}</a>`}
    ${facts.map((fact) => html` · <span class=${FAILED.has(fact) ? 'failed' : ''}>${fact}</span>`)}`
}

function Compose({ number, own, draft }) {
  if (own.length === 0) {
    return html`<p class="compose empty">None of your numbers receives SMS.</p>`
  }
  const write = async (event) => {
    event.preventDefault()
    const { to: receiver, text } = event.target.elements
    const written = text.value
    if (written.trim() === '') return
    const body = { number: receiver.value, text: written }
    // The next key can come before the page is drawn.
    text.value = ''
    changeDraft(number, { text: '' })
    const phone = await act(number, 'send_sms', body)
    if (phone === null && draftOf(number).text === '') changeDraft(number, { text: written })
    takePhone(phone)
  }
  return html`<form class="compose" onSubmit=${write}>
    <label class="compose-to">
      <span>To</span>
      <select
        name="to"
        aria-label="To which of your numbers"
        value=${chosen(own, draft.sms)}
        onChange=${({ target }) => changeDraft(number, { sms: target.value })}
      >
        ${own.map((one) => html`<option key=${one.number}>${one.number}</option>`)}
      </select>
    </label>
    <textarea
      name="text"
      rows="1"
      placeholder="Write an SMS"
      aria-label="The text of the SMS"
      value=${draft.text}
      onInput=${({ target }) => changeDraft(number, { text: target.value })}
      onKeyDown=${submitOnEnter}
    ></textarea>
    <button class="primary" type="submit">Send</button>
  </form>`
}

function submitOnEnter(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  event.target.form.requestSubmit()
}
