// Short messages at the edge of the page.

import { html } from './html.js'
import { change, state } from './store.js'

const SECONDS = 8

let last = 0

/** Say that something has worked, optionally with a button. */
export function tell(text, action = null) {
  show({ text, action, failed: false })
}

/** Say that something has not worked, and why. */
export function fail(text) {
  show({ text, action: null, failed: true })
}

function show(toast) {
  last += 1
  const id = last
  change({ toasts: [...state.toasts.slice(-2), { ...toast, id }] })
  setTimeout(() => close(id), SECONDS * 1000)
}

function close(id) {
  change({ toasts: state.toasts.filter((toast) => toast.id !== id) })
}

export function Toasts({ toasts }) {
  return html`<div class="toasts" role="status">
    ${toasts.map(
      (toast) =>
        html`<div key=${toast.id} class=${toast.failed ? 'toast failed' : 'toast'}>
          <span>${toast.failed ? 'Not done: ' : ''}${toast.text}</span>
          ${
            toast.action &&
            html`<button
            onClick=${() => {
              close(toast.id)
              toast.action.run()
            }}
          >
            ${toast.action.label}
          </button>`
          }
          <button class="quiet" aria-label="Close this message" onClick=${() => close(toast.id)}>
            ✕
          </button>
        </div>`,
    )}
  </div>`
}
