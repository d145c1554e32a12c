// The one store of the page. Each change is drawn in the next animation frame.

import { render } from './vendor/preact.mjs'

// A hidden page gets no animation frames, but its title and its icon must still be right.
const HIDDEN_DELAY = 250

export const state = {
  // Where the page is: see route.js.
  phone: null,
  tab: 'messages',
  panel: 'timeline',
  item: null,
  notNumber: null,
  view: 'phones',
  // The connection: see stream.js. Null means that the page does not know yet.
  connected: null,
  leader: false,
  // What the sandbox has: see data.js.
  clock: null,
  account: null,
  numbers: [],
  magic: [],
  operations: null,
  phones: [],
  unread: 0,
  opened: null,
  events: { list: [], more: false, last: 0, loaded: false },
  requests: { list: [], last: 0 },
  deliveries: {
    deliveries: [],
    waiting: [],
    skipped: [],
    more: false,
    failed: false,
    loaded: false,
  },
  trouble: { faults: [], post: null, undo: null },
  detail: null,
  followed: null,
  // What the person does.
  drafts: {},
  search: '',
  found: [],
  filter: { text: '', kind: '', failed: false, phone: false },
  unfolded: new Set(),
  sound: false,
  dialog: null,
  toasts: [],
}

let draw = () => {}
let scheduled = false

/** Change the store, and draw the page once for all changes of this frame. */
export function change(values = {}) {
  Object.assign(state, values)
  if (scheduled) return
  scheduled = true
  if (document.hidden) setTimeout(drawNow, HIDDEN_DELAY)
  else requestAnimationFrame(drawNow)
}

/** Draw into an element with a function that turns the store into markup. */
export function drawWith(view, element, afterwards) {
  draw = () => {
    render(view(state), element)
    afterwards(state)
  }
  // A frame that was requested before the page became hidden may never come.
  document.addEventListener('visibilitychange', drawNow)
  change()
}

function drawNow() {
  scheduled = false
  draw()
}

/** Return a function that computes its result again only if one of its arguments has changed. */
export function remember(compute) {
  let known = null
  let result
  return (...given) => {
    if (known === null || given.some((value, index) => value !== known[index])) {
      known = given
      result = compute(...given)
    }
    return result
  }
}
