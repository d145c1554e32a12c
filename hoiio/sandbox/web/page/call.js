// The card of a phone that rings, and the call that a phone is in.

import { act } from './api.js'
import { Captions } from './captions.js'
import { takePhone } from './data.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { Keypad } from './keypad.js'
import { go, toPhone } from './route.js'
import { change, state } from './store.js'
import { count } from './text.js'
import { lasted, secondsUntil } from './time.js'

const OUTCOMES = { busy: 'Busy', unanswered: 'Nobody answered', failed: 'The call failed' }

// What a person does in a call

export async function answer(leg) {
  const { number, txn_ref } = leg
  go(toPhone(number, state.phone === number ? state.tab : 'messages'))
  const phone = await act(number, 'answer', { txn_ref })
  change({ followed: keyOf(leg) })
  takePhone(phone)
}

export async function decline({ number, txn_ref }) {
  takePhone(await act(number, 'reject', { txn_ref }))
}

export async function hangUp({ number, txn_ref }) {
  takePhone(await act(number, 'hang_up', { txn_ref }))
}

// The phones that ring

/** Return the calls that ring anywhere, those of the open phone first. */
export function ringingLegs({ phones, opened }) {
  const rings = (leg) => leg.kind === 'call' && leg.incoming && leg.state === 'ringing'
  const here = opened?.phone.calls.filter(rings) ?? []
  const others = phones.filter(({ number }) => number !== opened?.number)
  return [...here, ...others.flatMap(({ calls }) => calls.filter(rings))]
}

/** Return the call that is shown and that the open phone is talking in, or null. */
export function liveLeg(state) {
  const leg = state.opened === null ? null : shownLeg(state)
  return leg?.state === 'talking' ? leg : null
}

/**
 * Return the call to show, or null: one that the open phone is in, or the one that it was in.
 *
 * If the phone is in several, the one that was answered or shown last is shown.
 * A call that has ended stays until the person closes it. It can end as soon as it is answered.
 */
export function shownLeg({ opened, followed }) {
  const here = opened.phone.calls.filter((leg) => leg.kind === 'call')
  const live = here.filter((leg) => leg.state !== 'ringing' || !leg.incoming)
  if (live.length > 0) return live.find((leg) => keyOf(leg) === followed) ?? live[0]
  return opened.calls.calls.find((leg) => leg.state === 'over' && keyOf(leg) === followed) ?? null
}

/** Remember which call is shown, so that it stays when it ends. */
export function followCall(state) {
  const leg = state.opened === null ? null : shownLeg(state)
  if (leg !== null && leg.state !== 'over') state.followed = keyOf(leg)
}

export function keyOf({ number, txn_ref: ref, date }) {
  return `${number} ${ref} ${date}`
}

export function Ringing({ legs }) {
  return html`<div class="rings" role="alert">
    ${legs.map((leg, index) => html`<${Ring} key=${leg.txn_ref + leg.number} leg=${leg}
      first=${index === 0} />`)}
  </div>`
}

function Ring({ leg, first }) {
  const seconds = leg.rings_until === null ? null : secondsUntil(leg.rings_until)
  return html`<section class="ring" aria-label="Incoming call">
    <span class="ring-icon"><${Icon} name="phone" /></span>
    <div class="ring-text">
      <strong>${leg.other}</strong>
      <span>calls <a href=${toPhone(leg.number)}>${leg.number}</a></span>
    </div>
    <span class="ring-left" aria-hidden="true">${seconds === null ? '' : `${seconds} s`}</span>
    <div class="ring-buttons">
      <button class="danger" onClick=${() => decline(leg)}>
        Decline ${first && html`<kbd>Esc</kbd>`}
      </button>
      <button class="primary" onClick=${() => answer(leg)}>
        Answer ${first && html`<kbd>Enter</kbd>`}
      </button>
    </div>
  </section>`
}

// The call

export function Call({ leg }) {
  return html`<section class="call" aria-label="Call">
    <div class="call-head">
      <div class="call-party">
        <h2>${leg.other}</h2>
        <p>${stateOf(leg)}</p>
      </div>
      <span class="call-timer" aria-label="Duration">
        ${leg.answered === null ? '' : lasted(leg.answered, leg.ended)}
      </span>
      ${
        leg.state === 'over'
          ? html`<button onClick=${() => change({ followed: null })}>Close</button>`
          : html`<button class="danger" onClick=${() => hangUp(leg)}>
            <${Icon} name="down" /> Hang up
          </button>`
      }
    </div>
    <div class="call-body">
      <${Captions} captions=${leg.captions} />
      ${
        leg.state !== 'over' &&
        html`<div class="call-keys">
        <${Waits} waits=${leg.waits_for} />
        <${Keypad} leg=${leg} />
      </div>`
      }
    </div>
  </section>`
}

function stateOf(leg) {
  if (leg.state === 'over')
    return leg.outcome === 'answered' ? 'The call has ended' : OUTCOMES[leg.outcome]
  if (leg.state === 'ringing') return 'Calling …'
  if (leg.session_state === 'held') return 'On hold'
  if (leg.room) return `In the room ${leg.room} with ${count(leg.talking_to.length, 'other')}`
  if (leg.talking_to.length > 0) return `Talking to ${leg.talking_to.join(', ')}`
  if (leg.block === 'transfer') return 'Being transferred …'
  return leg.session === null ? 'Connected' : 'Connected to the application'
}

function Waits({ waits }) {
  if (waits === null) return html`<p class="waits">Keys have no effect now.</p>`
  const left = waits.until === null ? '' : `, ${secondsUntil(waits.until)} s left`
  if (waits.block === 'record')
    return html`<p class="waits now">Records. Press # to end${left}.</p>`
  const wanted = waits.max_digits === 0 ? 'digits and #' : count(waits.max_digits, 'digit')
  return html`<p class="waits now">
    Waits for ${wanted}${left}.
    <output class="digits" aria-label="Digits so far">${waits.digits}</output>
  </p>`
}
