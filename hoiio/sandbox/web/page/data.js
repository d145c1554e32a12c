// What the page knows of the sandbox, and when it fetches it again.

import { get, send } from './api.js'
import { coalesce } from './coalesce.js'
import { change, state } from './store.js'
import { setClock } from './time.js'
import * as log from './log.js'

// The most recently used phones. The others are found by the search.
const MOST_PHONES = 1000
// Each message of the stream names at most so many phones.
const MOST_CHANGED = 100
const MOST_MESSAGES = 50
const MOST_CALLS = 20
const MOST_DELIVERIES = 200
// Why a notification waits for a moment only.
const PASSING = new Set(['request', 'sending', 'queued'])
const SOON = 500
// Events of these kinds change the balance or the numbers.
const PAID = new Set(['sms', 'call', 'ivr', 'fax', 'number'])

const fetchAccount = coalesce(async () => {
  const [account, { numbers }] = await Promise.all([get('account'), get('numbers')])
  change({ account, numbers })
})

const fetchAllPhones = coalesce(() => fetchPhones(MOST_PHONES))
const fetchChangedPhones = coalesce(() => fetchPhones(MOST_CHANGED))

async function fetchPhones(limit) {
  const { phones, unread } = await get('phones', { brief: true, limit })
  const fetched = new Set(phones.map(({ number }) => number))
  const others =
    limit === MOST_PHONES ? [] : state.phones.filter(({ number }) => !fetched.has(number))
  change({ phones: [...phones, ...others].slice(0, MOST_PHONES), unread })
}

// Counts what a person does with the open phone. A fetch that began before is out of date.
let actions = 0

const fetchOpened = coalesce(async () => {
  const { phone: number, opened } = state
  const before = actions
  if (number === null) return
  const path = `phones/${encodeURIComponent(number)}`
  const limit = opened?.number === number ? opened.limit : MOST_MESSAGES
  const [phone, messages, calls, faxes] = await Promise.all([
    get(path),
    get(`${path}/messages`, { limit }),
    get(`${path}/calls`, { limit: MOST_CALLS }),
    get('faxes', { phone: number, limit: MOST_CALLS }),
  ])
  if (state.phone !== number || actions !== before) return
  change({ opened: { number, phone, messages, calls, faxes, limit } })
})

const fetchDeliveries = coalesce(async () => {
  const { failed } = state.deliveries
  const listed = await get('deliveries', { limit: MOST_DELIVERIES, failed })
  // The person has changed the filter, and the next run fetches what it lets through.
  if (state.deliveries.failed !== failed) return
  change({ deliveries: { ...listed, failed, loaded: true } })
  // No event says that the request was answered, or that the notification is being posted.
  if (listed.waiting.some(({ reason }) => PASSING.has(reason))) setTimeout(fetchDeliveries, SOON)
})

const fetchTrouble = coalesce(async () => {
  const [{ faults }, post, undo] = await Promise.all([get('faults'), get('post'), get('undo')])
  change({ trouble: { faults, post, undo } })
})

const fetchDetail = coalesce(async () => {
  const { item } = state
  if (item === null) return
  // What is not found may still come, so the next event looks again.
  const detail = await log.detailOf(item).catch(({ message }) => ({ missing: message }))
  if (state.item === item) change({ detail: { ...detail, item } })
})

const fetchLog = coalesce(log.load)

const fetchClock = coalesce(async () => {
  const { clock: before } = state
  const clock = await get('clock')
  // If the clock was moved meanwhile, the stream has said so, and this answer may be older.
  if (state.clock === before) setClock(clock)
})

/** Fetch what never changes while a sandbox runs. */
const fetchTables = coalesce(async () => {
  const [{ magic_numbers: magic }, operations] = await Promise.all([
    get('magic_numbers'),
    get('operations'),
  ])
  change({ magic, operations })
})

/** Fetch everything that the page shows. */
export function refresh() {
  const all = [
    fetchAccount,
    fetchAllPhones,
    fetchOpened,
    fetchDeliveries,
    fetchTrouble,
    fetchDetail,
  ]
  for (const fetch of [...all, fetchClock, fetchLog, fetchTables]) fetch()
}

/** Fetch what an address has opened. */
export function followRoute(before) {
  if (before.phone !== state.phone) {
    change({ opened: null })
    fetchOpened()
  }
  if (before.item !== state.item) {
    change({ detail: null })
    fetchDetail()
  }
}

/** Take over one message of the stream. */
export function receive(kind, data) {
  RECEIVERS[kind]?.(data)
}

const RECEIVERS = {
  connected: (connected) => {
    if (connected) refresh()
  },
  reset: refresh,
  clock: setClock,
  event: (event) => {
    log.addEvent(event)
    if (PAID.has(event.kind)) fetchAccount()
    if (event.kind === 'notification') fetchDeliveries()
    // An SMS that does not arrive changes no phone.
    if (event.phones.includes(state.phone)) fetchOpened()
    fetchDetail()
  },
  request: (request) => {
    log.addRequest(request)
    fetchDeliveries()
    fetchTrouble()
  },
  phones: ({ numbers, more }) => {
    if (more) fetchAllPhones()
    else fetchChangedPhones()
    if (more || numbers.includes(state.phone)) fetchOpened()
  },
}

/** Take over the answer to an action of a phone, which is the phone. */
export function takePhone(phone) {
  if (phone === null) return
  actions += 1
  const { opened } = state
  if (opened?.number === phone.number) change({ opened: { ...opened, phone } })
  fetchOpened()
}

/** Mark the messages of the open phone as read, if the person can see them. */
export function markRead({ opened, tab, view }) {
  const visible = tab === 'messages' && view !== 'phones' && !document.hidden
  if (opened === null || !visible || opened.phone.unread === 0 || opened.marked) return
  opened.marked = true
  send('POST', `phones/${encodeURIComponent(opened.number)}/read`).catch(() => {})
}

/** Show older messages of the open phone. */
export function showMore() {
  actions += 1
  change({ opened: { ...state.opened, limit: state.opened.limit + MOST_MESSAGES } })
  fetchOpened()
}

/** Filter the deliveries. */
export function filterDeliveries(failed) {
  change({ deliveries: { ...state.deliveries, failed } })
  fetchDeliveries()
}

export { fetchAccount, fetchDeliveries, fetchTrouble }
