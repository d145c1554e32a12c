// The column about what happened: its tabs, and what one of them has opened.

import { Account } from './account.js'
import { Deliveries } from './deliveries.js'
import { Detail } from './detail.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { to, toPhone } from './route.js'
import { names } from './text.js'
import { Timeline } from './timeline.js'
import { Trouble } from './trouble.js'

export const TABS = {
  timeline: { label: 'Timeline', icon: 'list', view: Timeline },
  deliveries: { label: 'Deliveries', icon: 'notification', view: Deliveries },
  trouble: { label: 'Faults and time', short: 'Faults', icon: 'alert', view: Trouble },
  account: { label: 'Account', icon: 'account', view: Account },
}

export function Panel(state) {
  const { panel, item, phone } = state
  const View = TABS[panel].view
  return html`<aside class="column panel" aria-label="What happened">
    <nav class="tabs" aria-label="What happened">
      ${Object.entries(TABS).map(
        ([name, { label }]) =>
          html`<a
            key=${name}
            href=${to(name)}
            class=${names('tab', name === panel && 'current')}
            aria-current=${name === panel ? 'page' : null}
            >${label}</a
          >`,
      )}
      <a class="drawer-close" href=${phone === null ? '#/' : toPhone(phone)} aria-label="Close">
        <${Icon} name="close" />
      </a>
    </nav>
    ${item === null ? html`<${View} ...${state} />` : html`<${Detail} ...${state} />`}
  </aside>`
}
