// Icons of 16 by 16 units, drawn with the colour of their text.

import { html } from './html.js'

const PATHS = {
  phone: 'M4.6 2.5 6.4 5.6 5 7.1a8 8 0 0 0 3.9 3.9l1.5-1.4 3.1 1.8-.6 2.1C7 14 2 9 2.5 3.1z',
  sms: 'M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z',
  fax: 'M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z',
  ivr: 'M4 3.5h.01M8 3.5h.01M12 3.5h.01M4 8h.01M8 8h.01M12 8h.01M8 12.5h.01',
  number: 'M6.5 2.5 5 13.5M11 2.5 9.5 13.5M3 6h10.5M2.5 10H13',
  notification: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10',
  request: 'M8 13.5V6M4.8 9 8 5.8 11.2 9M3 2.5h10',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  open: 'M6.5 3.5 11 8l-4.5 4.5',
  unfold: 'M3.5 6 8 10.5 12.5 6',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M13.5 5.5c-3-2.5-8-2.5-11 0l.8 2.8 2.6-.9.4-1.7c1.1-.4 2.3-.4 3.4 0l.4 1.7 2.6.9z',
  sound: 'M2.5 6.5h2L7.5 4v8L4.5 9.5h-2zM10 6.3a2.5 2.5 0 0 1 0 3.4M12 4.5a5 5 0 0 1 0 7',
  silent: 'M2.5 6.5h2L7.5 4v8L4.5 9.5h-2zM10.5 6.5l3 3M13.5 6.5l-3 3',
  alert: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  account:
    'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.8 13.5c.4-2.3 2.4-3.6 5.2-3.6s4.8 1.3 5.2 3.6',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M8 12.3h.01',
}
PATHS.call = PATHS.phone

export function Icon({ name, label = null }) {
  return html`<svg
    class="icon icon-${name}"
    viewBox="0 0 16 16"
    role=${label === null ? null : 'img'}
    aria-label=${label}
    aria-hidden=${label === null ? 'true' : null}
  >
    <path d=${PATHS[name]} />
  </svg>`
}
