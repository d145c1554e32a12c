// The address: what it names, and what else was open beside it.
//
// The hash names one thing, such as `#/phones/+6591234567` or `#/notifications/3`. The entry of the
// browser's history keeps the other column, so that going back restores both.

import { change, state } from './store.js'
import { asNumber, isNumber } from './text.js'

const PANELS = new Set(['timeline', 'deliveries', 'trouble', 'account'])
// What is opened inside of the timeline.
const ITEMS = new Set(['events', 'transactions', 'sessions', 'notifications', 'requests'])

/** Return the address of a thing. */
export function to(kind, id = null) {
  return id === null ? `#/${kind}` : `#/${kind}/${encodeURIComponent(id)}`
}

/** Return the address of a phone, optionally with one of its tabs. */
export function toPhone(number, tab = 'messages') {
  const suffix = tab === 'messages' ? '' : `/${tab}`
  return `#/phones/${encodeURIComponent(number).replaceAll('%2B', '+')}${suffix}`
}

/** Open an address, as a link would. */
export function go(address) {
  location.hash = address.slice(1)
}

/** Begin to follow the address. `opened` gets what was open before. */
export function followAddress(opened) {
  const follow = () => {
    const { phone, item } = state
    read()
    opened({ phone, item })
  }
  addEventListener('hashchange', follow)
  follow()
}

function read() {
  const [first = '', second = '', third = ''] = location.hash.slice(2).split('/').map(decoded)
  const kept = history.state ?? { phone: state.phone ?? null, tab: state.tab ?? 'messages' }
  const route = {
    phone: kept.phone,
    tab: kept.tab,
    panel: kept.panel ?? state.panel ?? 'timeline',
    item: null,
    notNumber: null,
    view: 'phones',
  }
  if (first === 'phones' && second) {
    const phone = asNumber(second)
    const opened = isNumber(phone) ? { phone } : { phone: null, notNumber: second }
    Object.assign(route, { ...opened, tab: third || 'messages', view: 'phone' })
  } else if (PANELS.has(first)) {
    Object.assign(route, { panel: first, view: 'panel' })
  } else if (ITEMS.has(first) && second) {
    const panel = first === 'notifications' ? 'deliveries' : 'timeline'
    Object.assign(route, { panel, item: { kind: first, id: second }, view: 'panel' })
  }
  const { phone, tab, panel } = route
  history.replaceState({ phone, tab, panel }, '')
  change(route)
}

function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
