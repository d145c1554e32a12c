// Copying text.

import { html } from './html.js'
import { fail, tell } from './toast.js'

/** Copy a text, and say so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text)
    tell(`Copied ${what}.`)
  } catch {
    fail('the browser does not allow this page to copy. Select the text and copy it.')
  }
}

export function CopyButton({ text, what, label = `Copy ${what}` }) {
  return html`<button class="quiet" onClick=${() => copy(text(), what)}>${label}</button>`
}
