// A list of fields, each with its name and its value.

import { html } from './html.js'

export function Fields({ fields }) {
  return html`<dl class="fields">
    ${fields.map(([name, value], index) => html`<dt key=${`n${index}`}>${name}</dt><dd
      key=${`v${index}`}>${value}</dd>`)}
  </dl>`
}
