// The shortcuts of the keyboard. They are off in fields.

import { answer, decline, hangUp, liveLeg, ringingLegs } from './call.js'
import { press } from './keypad.js'
import { go, to, toPhone } from './route.js'
import { setSound } from './sound.js'
import { change, state } from './store.js'

const FIELDS = 'input, textarea, select, [contenteditable]'
const ACTIVATED_BY_ENTER = 'a, button, summary'

/** Begin to follow the keyboard. */
export function followKeyboard() {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (state.dialog !== null || event.target.closest(FIELDS)) return
    if (run(event)) event.preventDefault()
  })
}

/** Run the shortcut, and return true if there is one. */
function run({ key, target }) {
  const [ring] = ringingLegs(state)
  const call = liveLeg(state)
  if (/^[\d*#]$/.test(key) && call !== null) {
    press(call, key)
  } else if (key === 'Enter' && ring !== undefined && !target.closest(ACTIVATED_BY_ENTER)) {
    answer(ring)
  } else if (key === 'Escape') {
    if (ring !== undefined) decline(ring)
    else close()
  } else if (key === 'h' && call !== null) {
    hangUp(call)
  } else {
    return runPlain(key)
  }
  return true
}

const PLAIN = {
  '/': () => {
    const field = document.getElementById('search')
    if (!field.checkVisibility()) {
      go('#/')
      // A narrow screen shows the field in the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => field.focus()))
    }
    field.focus()
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
