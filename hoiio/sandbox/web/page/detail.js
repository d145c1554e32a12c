// One transaction, session, event, request or notification, with everything that belongs to it.

import { CopyButton } from './clipboard.js'
import { DeliveryCard, SkippedCard, WaitingCard } from './deliveries.js'
import { Fields } from './fields.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { requestAsCurl, requestAsPython } from './snippets.js'
import { names } from './text.js'
import { titleOf } from './timeline.js'
import { clockTime } from './time.js'
import { toPhone, to } from './route.js'

const NAMES = {
  transactions: 'Transaction',
  sessions: 'Session',
  events: 'Event',
  requests: 'Request',
  notifications: 'Notification',
}

export function Detail({ item, detail, panel }) {
  return html`<div class="detail">
    <header class="detail-head">
      <a class="back" href=${to(panel)} aria-label="Back to the list"><${Icon} name="back" /></a>
      <h2>${NAMES[item.kind]} ${item.id}</h2>
    </header>
    ${detail?.item === item && html`<${Story} ...${detail} />`}
  </div>`
}

function Story({ missing, events, requests, deliveries, waiting = [], skipped = [] }) {
  if (missing) return html`<p class="empty">${missing}</p>`
  const phones = new Set([...events, ...requests].flatMap((one) => one.phones))
  const sent = deliveries.map(({ id }) => id)
  const plain = events.filter(({ notification }) => !sent.includes(notification))
  return html`<div class="story">
    ${
      phones.size > 0 &&
      html`<p class="story-phones">
      ${[...phones].map((number) => html`<a key=${number} class="chip"
        href=${toPhone(number)}>${number}</a>`)}
    </p>`
    }
    ${
      plain.length > 0 &&
      html`<h3>What happened</h3>
      <ol class="plain story-events">
        ${plain.map((event) => html`<${EventLine} key=${event.id} event=${event} />`)}
      </ol>`
    }
    ${requests.length > 0 && html`<h3>Requests</h3>`}
    ${requests.map((request) => html`<${RequestCard} key=${request.id} request=${request}
      open=${requests.length === 1} />`)}
    ${deliveries.length + waiting.length + skipped.length > 0 && html`<h3>Notifications</h3>`}
    ${deliveries.map((one) => html`<${DeliveryCard} key=${one.id} delivery=${one}
      open=${deliveries.length === 1} />`)}
    ${waiting.map((one) => html`<${WaitingCard} key=${`w${one.id}`} notification=${one} />`)}
    ${skipped.map((one) => html`<${SkippedCard} key=${`s${one.id}`} notification=${one} />`)}
  </div>`
}

function EventLine({ event }) {
  return html`<li class=${names('story-event', event.failed && 'failed')}>
    <time>${clockTime(event.date)}</time>
    <${Icon} name=${event.failed ? 'alert' : event.kind} label=${event.failed ? 'Failed' : null} />
    <span>${titleOf({ event })}</span>
  </li>`
}

function RequestCard({ request, open }) {
  const { operation, status, milliseconds, form, answer, client, date, failed, fault, cut } =
    request
  return html`<details class=${names('card', failed && 'failed')} open=${open}>
    <summary>
      ${failed && html`<${Icon} name="alert" label="Failed" />`}
      <span class="grow"><b>${operation}</b> ${status}</span>
      <span class="when">${milliseconds.toFixed(1)} ms</span>
      <span class="when">${clockTime(date)}</span>
    </summary>
    ${fault && html`<p class="failed">Fault ${fault.id} applied to it: ${fault.kind}.</p>`}
    <${Fields} fields=${Object.entries(form)} />
    <h4>Answer</h4>
    <pre tabindex="0">${cut ? request.answer_text : JSON.stringify(answer, null, 2)}</pre>
    <p class="soft">From ${client || 'a client without a name'}</p>
    <p class="card-buttons">
      <${CopyButton} text=${() => requestAsCurl(request)} what="the request as curl"
        label="Copy as curl" />
      <${CopyButton} text=${() => requestAsPython(request)} what="the request as Python"
        label="Copy as Python" />
    </p>
  </details>`
}
