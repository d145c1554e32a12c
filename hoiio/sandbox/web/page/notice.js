// What the browser shows outside of the page: the title, the icon of the tab, and a notification
// for a phone that rings while the page is hidden.

import { keyOf, ringingLegs } from './call.js'
import { go, toPhone } from './route.js'
import { followRing } from './sound.js'
import { remember, state } from './store.js'

const NAME = 'Hoiio sandbox'
const ICON = new URL('icon.svg', import.meta.url).href
const MOST = 99

let notice = null
let noticed = null

/** Ask for the permission to notify. A browser wants a click before that. */
export function askForNotices() {
  if ('Notification' in window && Notification.permission === 'default') {
    Notification.requestPermission()
  }
}

/** Bring title, icon, sound and notification up to date. */
export function updateNotices(now) {
  const [ring] = ringingLegs(now)
  const { unread } = now
  showTitle(ring, unread)
  showIcon(unread + (ring === undefined ? 0 : 1))
  followRing(now, ring !== undefined)
  showNotice(ring)
}

function showTitle(ring, unread) {
  const what = ring === undefined ? NAME : `${ring.other} calls ${ring.number}`
  const title = unread === 0 ? what : `(${unread}) ${what}`
  if (document.title !== title) document.title = title
}

const showIcon = remember((count) => {
  document.querySelector('link[rel=icon]').href =
    count === 0 ? ICON : withCount(Math.min(count, MOST))
})

/** Return the icon of the tab with a count, as a URL. */
function withCount(count) {
  const size = count > 9 ? 18 : 21
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect width="32" height="32" rx="8" fill="#0b6e4f"/>
    <text x="16" y="23" font-family="sans-serif" font-size="${size}" font-weight="700"
      fill="#fff" text-anchor="middle">${count}</text>
  </svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

function showNotice(ring) {
  const wanted = ring !== undefined && document.hidden && state.leader ? keyOf(ring) : null
  if (wanted !== noticed) {
    // The call has ended or was answered, another one rings, or the person looks at the page.
    notice?.close()
    notice = null
    noticed = wanted
  }
  if (
    wanted !== null &&
    notice === null &&
    'Notification' in window &&
    Notification.permission === 'granted'
  ) {
    notice = new Notification(`${ring.other} calls`, { body: ring.number, tag: 'ring', icon: ICON })
    notice.onclick = () => {
      window.focus()
      go(toPhone(ring.number))
    }
  }
}
