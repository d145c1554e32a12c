// The template tag for markup. Preact sets each value as text or as a property, never as HTML.

import { h } from './vendor/preact.mjs'
import htm from './vendor/htm.mjs'

export const html = htm.bind(h)
