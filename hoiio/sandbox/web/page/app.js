// The whole page.

import { Help } from './help.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { askForNotices } from './notice.js'
import { Panel, TABS } from './panel.js'
import { Phone } from './phone.js'
import { Phones } from './phones.js'
import { to } from './route.js'
import { setSound } from './sound.js'
import { change } from './store.js'
import { money, names } from './text.js'
import { clockTime, longDay, now } from './time.js'
import { Toasts } from './toast.js'

export function App(state) {
  return html`<div class="page view-${state.view}">
    <a class="skip" href="#main" onClick=${skip}>Skip to the phone</a>
    <${Bar} ...${state} />
    <${Phones} ...${state} />
    <${Phone} ...${state} />
    <${Panel} ...${state} />
    <${BottomTabs} ...${state} />
    <${Toasts} toasts=${state.toasts} />
    ${state.dialog === 'help' && html`<${Help} />`}
  </div>`
}

/** Move the focus. The address stays, because it names what is open. */
function skip(event) {
  event.preventDefault()
  document.getElementById('main').focus()
}

function Bar({ connected, clock, account, sound }) {
  return html`<header class="bar">
    <a class="brand" href="#/">Hoiio <span>sandbox</span></a>
    <${Lamp} connected=${connected} />
    <span class="bar-space"></span>
    ${
      clock !== null &&
      html`<a class="bar-fact clock" href=${to('trouble')} title="The clock of the sandbox">
      <time>${clockTime(now())}</time> <span class="wide">${longDay(now())}</span>
    </a>`
    }
    ${
      account !== null &&
      html`<a class="bar-fact" href=${to('account')} title="The credit of the account">
      ${money(account.balance, account.currency)}
    </a>`
    }
    <button
      class="bar-button"
      aria-pressed=${String(sound)}
      aria-label="Sound"
      title="Sound"
      onClick=${() => {
        askForNotices()
        setSound(!sound)
      }}
    >
      <${Icon} name=${sound ? 'sound' : 'silent'} />
    </button>
    <button class="bar-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)"
      onClick=${() => change({ dialog: 'help' })}>
      <${Icon} name="help" />
    </button>
    <a class="bar-button medium" href=${to('timeline')} aria-label="Timeline" title="Timeline (t)">
      <${Icon} name="list" />
    </a>
  </header>`
}

function Lamp({ connected }) {
  const text =
    connected === null ? 'Connecting' : connected ? 'Connected' : 'No connection, trying again'
  return html`<span class=${names('lamp', connected === true && 'on', connected === false && 'off')}
    role="status">
    <span>${text}</span>
  </span>`
}

function BottomTabs({ view, panel, unread }) {
  const link = (name, address, label, icon, current) =>
    html`<a
      key=${name}
      href=${address}
      class=${names('bottom-tab', current && 'current')}
      aria-current=${current ? 'page' : null}
    >
      <${Icon} name=${icon} /> ${label}
      ${name === 'phones' && unread > 0 && html`<span class="badge"
        aria-label="${unread} unread">${unread}</span>`}
    </a>`
  return html`<nav class="bottom-tabs" aria-label="Parts of the page">
    ${link('phones', '#/', 'Phones', 'phone', view !== 'panel')}
    ${Object.entries(TABS).map(([name, { label, short, icon }]) =>
      link(name, to(name), short ?? label, icon, view === 'panel' && name === panel),
    )}
  </nav>`
}
