// The notifications: delivered, waiting, and those without a callback URL.

import { ask } from './api.js'
import { CopyButton } from './clipboard.js'
import { fetchDeliveries, filterDeliveries } from './data.js'
import { Fields } from './fields.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { to } from './route.js'
import { notificationAsCurl, notificationAsPython } from './snippets.js'
import { fieldsOf, names } from './text.js'
import { clockTime, secondsUntil } from './time.js'
import { Toggle } from './timeline.js'
import { tell } from './toast.js'

const REASONS = {
  request: 'its request is not answered yet',
  delayed: 'it is delayed',
  reordered: 'it is held back to change the order',
  earlier: 'an earlier one of this transaction comes first',
  sending: 'it is being posted',
  queued: 'it is the next one',
}

export function Deliveries({ deliveries: listed }) {
  const { deliveries, waiting, skipped, failed, loaded, more } = listed
  const none = deliveries.length + waiting.length + skipped.length === 0
  return html`<div class="filters">
      <${Toggle} label="Failed" on=${Boolean(failed)} set=${filterDeliveries} />
    </div>
    <div class="panel-body">
      ${
        loaded &&
        none &&
        html`<p class="empty">
        ${
          failed
            ? 'Every notification was delivered.'
            : 'No notifications yet. Pass notify_url to a request, and the sandbox posts to it.'
        }
      </p>`
      }
      ${waiting.length > 0 && html`<h3>Waiting</h3>`}
      ${waiting.map((one) => html`<${WaitingCard} key=${one.id} notification=${one} />`)}
      ${deliveries.length > 0 && html`<h3>Delivered or failed</h3>`}
      ${deliveries.toReversed().map((one) => html`<${DeliveryCard} key=${one.id}
        delivery=${one} />`)}
      ${more && html`<p class="soft">These are the newest ${deliveries.length}.</p>`}
      ${
        skipped.length > 0 &&
        html`<details class="skipped">
        <summary>Not posted, because there is no callback URL (${skipped.length})</summary>
        ${skipped.toReversed().map((one) => html`<${SkippedCard} key=${one.id}
          notification=${one} />`)}
      </details>`
      }
    </div>`
}

async function resend({ id }) {
  const sent = await ask('POST', `deliveries/${id}/resend`)
  if (sent === null) return
  tell(`Notification ${id} is posted again, as ${sent.id}.`)
  fetchDeliveries()
}

/** Return the fields that tell notifications apart. */
function titleOf(body) {
  const fields = new Map(fieldsOf(body))
  const state = [
    'sms_status',
    'dial_status',
    'transfer_status',
    'digits',
    'call_state',
    'fax_status',
    'status',
  ]
  const name = state.find((one) => fields.has(one))
  return name === undefined ? '' : `${name}=${fields.get(name)}`
}

export function DeliveryCard({ delivery, open = false }) {
  const {
    id,
    lane,
    url,
    body,
    status,
    error,
    answer,
    milliseconds,
    copy_of: original,
    failed,
    date,
  } = delivery
  return html`<div class="resendable">
    <button onClick=${() => resend(delivery)}>Resend</button>
    <details class=${names('card', failed && 'failed')} open=${open}>
      <summary>
        ${failed && html`<${Icon} name="alert" label="Failed" />`}
        <span class="grow"><b>${status ?? 'No answer'}</b> ${titleOf(body)}</span>
        <span class="when">${milliseconds.toFixed(0)} ms</span>
        <span class="when">${clockTime(date)}</span>
      </summary>
      <p class="soft">
        Notification ${id} of <a href=${to('transactions', lane)}>${lane}</a>
        ${original !== null && html`, a copy of <a
          href=${to('notifications', original)}>${original}</a>`}
      </p>
      <p class="address">${url}</p>
      ${error !== null && html`<p class="failed">${error}</p>`}
      <${Fields} fields=${fieldsOf(body)} />
      ${answer !== '' && html`<h4>Answer</h4><pre tabindex="0">${answer}</pre>`}
      <p class="card-buttons">
        <${CopyButton} text=${() => notificationAsCurl(delivery)} what="the notification as curl"
          label="Copy as curl" />
        <${CopyButton} text=${() => notificationAsPython(delivery)}
          what="the notification as Python"
          label="Copy as Python" />
      </p>
    </details>
  </div>`
}

export function WaitingCard({ notification }) {
  const { lane, url, body, reason, until } = notification
  const left = until ? ` for ${secondsUntil(until)} s more` : ''
  return html`<details class="card">
    <summary>
      <span class="grow"><b>Waits</b> ${titleOf(body)}</span>
      <span class="when">${lane}</span>
    </summary>
    <p class="soft">It waits because ${REASONS[reason] ?? reason}${left}.</p>
    <p class="address">${url}</p>
    <${Fields} fields=${fieldsOf(body)} />
  </details>`
}

export function SkippedCard({ notification }) {
  const { lane, body, date } = notification
  return html`<details class="card">
    <summary>
      <span class="grow"><b>Not posted</b> ${titleOf(body)}</span>
      <span class="when">${lane}</span>
      <span class="when">${clockTime(date)}</span>
    </summary>
    <p class="soft">For <a href=${to('transactions', lane)}>${lane}</a></p>
    <${Fields} fields=${fieldsOf(body)} />
  </details>`
}
