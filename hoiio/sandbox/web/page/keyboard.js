// The shortcuts of the keyboard. They are off in fields.

import { answer, decline, hangUp, liveLeg, ringingLegs } from './call.js'
import { press } from './keypad.js'
import { go, to, toPhone } from './route.js'
import { setSound } from './sound.js'
import { change, state } from './store.js'

const FIELDS = 'input, textarea, select, [contenteditable]'
const ACTIVATED_BY_ENTER = 'a, button, summary'

// What the person sees. The shortcuts apply to this, even if the store has changed since.
let shownRing = null
let shownCall = null
// A narrow screen is about to show the search, so a key is not a shortcut any more.
let opensSearch = false

/** Remember the ring and the call that were drawn. */
export function noteShown(state) {
  shownRing = ringingLegs(state)[0] ?? null
  shownCall = liveLeg(state)
}

/** Begin to follow the keyboard. */
export function followKeyboard() {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    // A key that is held down would also answer or decline the next call that rings.
    if (event.repeat) return
    if (state.dialog !== null || opensSearch || event.target.closest(FIELDS)) return
    if (run(event)) event.preventDefault()
  })
}

/** Run the shortcut, and return true if there is one. */
function run({ key, target }) {
  if (/^[\d*#]$/.test(key) && shownCall !== null) {
    press(shownCall, key)
  } else if (key === 'Enter' && shownRing !== null && !target.closest(ACTIVATED_BY_ENTER)) {
    answer(shownRing)
  } else if (key === 'Escape') {
    if (shownRing !== null) decline(shownRing)
    else close()
  } else if (key === 'h' && shownCall !== null) {
    hangUp(shownCall)
  } else {
    return runPlain(key)
  }
  return true
}

const PLAIN = {
  '/': () => {
    const field = document.getElementById('search')
    if (field.checkVisibility()) {
      field.focus()
      return
    }
    go('#/')
    opensSearch = true
    // When the address has changed, the page draws the field in the next frame, and this follows.
    const focus = () => {
      opensSearch = false
      field.focus()
    }
    addEventListener('hashchange', () => requestAnimationFrame(focus), { once: true })
  },
  '?': () => change({ dialog: 'help' }),
  t: () => go(to('timeline')),
  s: () => setSound(!state.sound),
}

function runPlain(key) {
  PLAIN[key]?.()
  return key in PLAIN
}

/** Close what is open: an entry of the timeline, then the drawer. */
function close() {
  if (state.item !== null) go(to(state.panel))
  else if (state.view === 'panel') go(state.phone === null ? '#/' : toPhone(state.phone))
}
