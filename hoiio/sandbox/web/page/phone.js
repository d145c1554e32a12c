// One phone: what it does now, its messages, calls, faxes, and how it reacts.

import { ask } from './api.js'
import { Behaviour, describe } from './behaviour.js'
import { Call, Ringing, ringingLegs, shownLeg } from './call.js'
import { Calls } from './calls.js'
import { CopyButton } from './clipboard.js'
import { fetchAccount } from './data.js'
import { Faxes } from './faxes.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { toPhone } from './route.js'
import { firstCommand } from './snippets.js'
import { names } from './text.js'
import { Thread } from './thread.js'

const TABS = { messages: 'Messages', calls: 'Calls', faxes: 'Faxes', behaviour: 'Behaviour' }
const VIEWS = { messages: Thread, calls: Calls, faxes: Faxes, behaviour: Behaviour }

export function Phone(state) {
  const { phone, opened } = state
  return html`<main id="main" class="column phone" tabindex="-1">
    <${Ringing} legs=${ringingLegs(state)} />
    ${phone === null && html`<${NoPhone} ...${state} />`}
    ${phone !== null && opened === null && html`<h1 class="hidden">${phone}</h1>`}
    ${opened !== null && html`<${Opened} ...${state} />`}
  </main>`
}

function Opened(state) {
  const { opened, tab, magic } = state
  const { number, phone } = opened
  const leg = shownLeg(state)
  const View = VIEWS[tab] ?? Thread
  const special = magic.find((one) => one.number === number)
  return html`<header class="column-head phone-head">
      <a class="back narrow" href="#/" aria-label="All phones"><${Icon} name="back" /></a>
      <div class="phone-title">
        <h1>${number}</h1>
        <p>${special ? special.sentence : describe(phone.script)}</p>
      </div>
    </header>
    ${leg !== null && html`<${Call} leg=${leg} key=${leg.txn_ref} />`}
    <nav class="tabs" aria-label="Of this phone">
      ${Object.entries(TABS).map(
        ([name, label]) =>
          html`<a
            href=${toPhone(number, name)}
            class=${names('tab', name === tab && 'current')}
            aria-current=${name === tab ? 'page' : null}
            >${label}</a
          >`,
      )}
    </nav>
    <${View} ...${state} />`
}

function NoPhone({ account, events, notNumber }) {
  if (notNumber !== null) return html`<${NotNumber} text=${notNumber} />`
  if (account === null || !events.loaded) return null
  return html`<div class="welcome">
    <h1>${events.list.length === 0 ? 'Make the first phone ring' : 'Choose a phone'}</h1>
    ${
      events.list.length === 0
        ? html`<${FirstStep} account=${account} />`
        : html`<p>Every number has a phone. Choose one from the list, or type a number.</p>`
    }
  </div>`
}

function NotNumber({ text }) {
  return html`<div class="welcome">
    <h1>${text} is not a phone number</h1>
    <p>
      Choose a phone from <a href="#/">the list</a>, or type a whole number, such as +6591234567.
    </p>
  </div>`
}

/** The one thing to do before anything has happened. */
export function FirstStep({ account }) {
  const ring = () => ask('POST', 'answering', { answer: 'manual' }).then(fetchAccount)
  return html`<div class="first">
    <p>Paste this into a terminal. Then answer the phone here.</p>
    <${Command} text=${firstCommand(account)} />
    ${
      account.answer !== 'manual' &&
      html`<p>
      Phones answer by themselves now. <button onClick=${ring}>Let them ring</button>
    </p>`
    }
  </div>`
}

export function Command({ text }) {
  return html`<div class="command">
    <pre tabindex="0">${text}</pre>
    <${CopyButton} text=${() => text} what="the command" label="Copy" />
  </div>`
}
