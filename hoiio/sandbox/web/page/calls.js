// The calls of a phone: the numbers that it can call, and the calls before.

import { act } from './api.js'
import { Captions } from './captions.js'
import { takePhone } from './data.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { to } from './route.js'
import { names } from './text.js'
import { lasted, shortTime } from './time.js'

const OUTCOMES = {
  ongoing: 'In progress',
  answered: 'Answered',
  busy: 'Busy',
  unanswered: 'Not answered',
  failed: 'Failed',
}

async function call(from, number) {
  takePhone(await act(from, 'call', { number }))
}

export function Calls({ opened, numbers }) {
  const { number, calls } = opened
  const callable = numbers.filter(({ mode }) => mode === 'voice')
  const past = calls.calls.filter(({ kind }) => kind === 'call')
  return html`<div class="tab-body">
    <h2>Call one of your numbers</h2>
    <ul class="plain">
      ${callable.map(
        (own) =>
          html`<li class="line" key=${own.number}>
            <span class="grow"><b>${own.number}</b> <small>${receiverOf(own)}</small></span>
            <button onClick=${() => call(number, own.number)}><${Icon} name="phone" /> Call</button>
          </li>`,
      )}
    </ul>
    <h2>Calls of this phone</h2>
    ${past.length === 0 && html`<p class="empty">This phone has not been in a call.</p>`}
    ${past.map((leg) => html`<${Past} key=${leg.txn_ref + leg.date} leg=${leg} />`)}
  </div>`
}

function receiverOf({ forward_to: receiver }) {
  return receiver === null ? 'not forwarded to an application' : `to ${receiver}`
}

function Past({ leg }) {
  const outcome = leg.state === 'over' ? OUTCOMES[leg.outcome] : OUTCOMES.ongoing
  const time = leg.answered === null ? '' : lasted(leg.answered, leg.ended)
  const about = leg.session === null ? to('transactions', leg.txn_ref) : to('sessions', leg.session)
  return html`<details class="past">
    <summary class="line">
      <${Icon} name=${leg.incoming ? 'notification' : 'request'}
        label=${leg.incoming ? 'Incoming' : 'Outgoing'} />
      <span class="grow">${leg.other}</span>
      <span class=${names('soft', leg.outcome === 'failed' && 'failed')}>${outcome}</span>
      <span class="when">${time}</span>
      <span class="when">${shortTime(leg.date)}</span>
    </summary>
    <${Captions} captions=${leg.captions} />
    ${leg.txn_ref && html`<p><a href=${about}>Show what happened in this call</a></p>`}
  </details>`
}
