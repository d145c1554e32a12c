// The keys of a phone.

import { act } from './api.js'
import { takePhone } from './data.js'
import { html } from './html.js'
import { playKey } from './sound.js'

const KEYS = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
]
const NAMES = { '*': 'star', '#': 'hash' }

/** Press a key in a call. */
export async function press({ number, txn_ref }, key) {
  playKey(key)
  takePhone(await act(number, 'press', { keys: key, txn_ref }))
}

export function Keypad({ leg }) {
  return html`<div class="keypad" role="group" aria-label="Keypad">
    ${KEYS.map(
      ([key, letters]) =>
        html`<button
          key=${key}
          class="key"
          aria-label=${NAMES[key] ?? key}
          disabled=${leg.state !== 'talking' || leg.session === null}
          onClick=${() => press(leg, key)}
        >
          <span>${key}</span><small aria-hidden="true">${letters}</small>
        </button>`,
    )}
  </div>`
}
