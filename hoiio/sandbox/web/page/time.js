// The clock of the sandbox, and how the page writes times. Hoiio's times are in GMT+8.

import { change, state } from './store.js'

const ZONE = { timeZone: 'Asia/Singapore' }
const CLOCK = new Intl.DateTimeFormat('en-GB', { ...ZONE, timeStyle: 'medium' })
const SHORT = new Intl.DateTimeFormat('en-GB', { ...ZONE, timeStyle: 'short' })
const DAY = new Intl.DateTimeFormat('en-GB', { ...ZONE, day: 'numeric', month: 'short' })
const DATE = new Intl.DateTimeFormat('en-GB', {
  ...ZONE,
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})
const MINUTE = 60

/** Take over what the sandbox says about its clock. */
export function setClock({ now, runs }) {
  change({ clock: { now: Date.parse(now), runs, at: performance.now() } })
}

/** Draw the page again with each second of the clock. */
export function tick() {
  setInterval(() => {
    if (!document.hidden && state.clock?.runs) change()
  }, 1000)
}

/** Return the time of the sandbox in milliseconds. */
export function now() {
  const { clock } = state
  if (clock === null) return Date.now()
  return clock.now + (clock.runs ? performance.now() - clock.at : 0)
}

/** Return the seconds until a moment, rounded up; 0 if it has passed. */
export function secondsUntil(date) {
  return Math.max(0, Math.ceil((Date.parse(date) - now()) / 1000))
}

/** Return how long something has lasted, such as `1:05`. */
export function lasted(since, until = null) {
  const end = until === null ? now() : Date.parse(until)
  const seconds = Math.max(0, Math.floor((end - Date.parse(since)) / 1000))
  return `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, '0')}`
}

/** Return a date of the API, which is in GMT+8, with its zone. */
export function inGmt8(date) {
  return `${date.replace(' ', 'T')}+08:00`
}

/** Return a time of day, such as `09:30:05`. */
export function clockTime(date) {
  return CLOCK.format(new Date(date))
}

/** Return the day of a moment, such as `Thu, 1 Jan 2026`. */
export function longDay(date) {
  return DATE.format(new Date(date))
}

/** Return a time as lists show it: the time today, the day before that. */
export function shortTime(date) {
  const then = new Date(date)
  return DAY.format(then) === DAY.format(new Date(now())) ? SHORT.format(then) : DAY.format(then)
}
