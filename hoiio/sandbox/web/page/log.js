// The log of the sandbox: its events and the requests to its API, and one story of both.

import { get } from './api.js'
import { change, remember, state } from './store.js'

const PAGE = 500
// The sandbox keeps as many events. The page forgets the oldest first.
const MOST = 10_000

// What arrived while the page was fetching.
let waiting = null
let loaded
/** Settles when the page knows the id of the newest event. */
const ready = new Promise((resolve) => {
  loaded = resolve
})

/** Return the id of the newest event that the page has. */
export async function lastEvent() {
  await ready
  return state.events.last
}

/** Fetch the newest part of the log. */
export async function load() {
  waiting ??= { events: [], requests: [] }
  const [events, requests] = await Promise.all([
    get('events', { limit: PAGE }),
    get('requests', { limit: PAGE }),
  ])
  const late = waiting
  waiting = null
  change({
    events: { list: events.events, more: events.more, last: events.last, loaded: true },
    requests: { list: requests.requests, more: requests.more, last: requests.last },
  })
  late.events.forEach(addEvent)
  late.requests.forEach(addRequest)
  loaded()
}

/** Fetch the part of the log before what the page has. */
export async function loadOlder() {
  const { events, requests } = state
  if (!events.more || events.loading) return
  events.loading = true
  const [older, olderRequests] = await Promise.all([
    get('events', { limit: PAGE, before: events.list[0].id }),
    requests.more ? get('requests', { limit: PAGE, before: requests.list[0].id }) : null,
  ])
  if (state.events.list[0] !== events.list[0]) return
  const list = [...older.events, ...state.events.list]
  change({ events: { ...state.events, list, more: older.more, loading: false } })
  if (olderRequests !== null) {
    const { requests: first, more } = olderRequests
    change({ requests: { ...state.requests, list: [...first, ...state.requests.list], more } })
  }
}

/** Add a new event. */
export function addEvent(event) {
  if (waiting !== null) waiting.events.push(event)
  if (event.id <= state.events.last) return
  const list = [...state.events.list, event].slice(-MOST)
  change({ events: { ...state.events, list, last: event.id } })
}

/** Add a new request. */
export function addRequest(request) {
  if (waiting !== null) waiting.requests.push(request)
  if (request.id <= state.requests.last) return
  const list = [...state.requests.list, request].slice(-MOST)
  change({ requests: { ...state.requests, list, last: request.id } })
}

// Folding: everything about one transaction or one session is one entry of the timeline

/**
 * Return the entries of the timeline, newest first.
 *
 * An entry has `key`, `address`, and `lines`, oldest first. A line has `event` or `request`.
 */
export const fold = remember((events, requests, filter, phone) => {
  const entries = new Map()
  const sessions = sessionsOf(events)
  const causes = causesOf(requests)
  for (const line of inOrder(events, requests)) {
    if (!matches(line, filter, phone)) continue
    const key = keyOf(line, sessions, causes)
    const entry = entries.get(key) ?? { key, lines: [] }
    entry.lines.push(line)
    // A map keeps the order of insertion. The entry with the newest line comes last.
    entries.delete(key)
    entries.set(key, entry)
  }
  return [...entries.values()].reverse()
})

/** Merge events and requests: a request comes before the events that it has caused. */
function inOrder(events, requests) {
  const lines = []
  let next = 0
  for (const event of events) {
    while (next < requests.length && isBefore(requests[next], event)) {
      lines.push({ request: requests[next] })
      next += 1
    }
    lines.push({ event })
  }
  return lines.concat(requests.slice(next).map((request) => ({ request })))
}

function isBefore(request, event) {
  if (request.events !== null) return request.events[0] <= event.id
  return request.date < event.date
}

/** Return the session of each call that has one. A notification names only the call. */
function sessionsOf(events) {
  const known = events.filter(({ session, txn_ref: ref }) => session !== null && ref !== null)
  return new Map(known.map(({ session, txn_ref: ref }) => [ref, session]))
}

/** Return the request that caused each event, if the request began no transaction. */
function causesOf(requests) {
  const causes = new Map()
  for (const { id, events, txn_ref: ref, session } of requests) {
    if (events === null || ref !== null || session !== null) continue
    for (let event = events[0]; event <= events[1]; event += 1) causes.set(event, id)
  }
  return causes
}

function keyOf({ event, request }, sessions, causes) {
  const { txn_ref: ref, session: own } = event ?? request
  const session = own ?? sessions.get(ref)
  if (session !== undefined) return `sessions/${session}`
  if (ref !== null) return `transactions/${ref}`
  const cause = event === undefined ? request.id : causes.get(event.id)
  return cause === undefined ? `events/${event.id}` : `requests/${cause}`
}

/** Return true if the filter lets a line through. */
function matches({ event, request }, filter, phone) {
  const line = event ?? request
  const kind = event === undefined ? 'request' : event.kind
  if (filter.kind !== '' && filter.kind !== kind) return false
  if (filter.failed && !line.failed) return false
  if (filter.phone && !line.phones.includes(phone)) return false
  if (filter.text === '') return true
  return searchable(line).includes(filter.text.toLowerCase())
}

const texts = new WeakMap()

function searchable(line) {
  if (!texts.has(line)) {
    const { text, operation, form, status, txn_ref: ref, session } = line
    const parts = text === undefined ? [operation, status, ...Object.values(form)] : [text]
    texts.set(line, [...parts, ref, session].join(' ').toLowerCase())
  }
  return texts.get(line)
}

// One transaction, session, event, request or notification

/** Fetch everything about one thing. */
export async function detailOf({ kind, id }) {
  if (kind === 'notifications') {
    return {
      events: [],
      requests: [],
      deliveries: [await get(`deliveries/${encodeURIComponent(id)}`)],
    }
  }
  if (kind === 'requests') {
    const request = await get(`requests/${encodeURIComponent(id)}`)
    const { events } = await eventsOf(request)
    return { events, requests: [request], deliveries: [] }
  }
  if (kind === 'events') return detailOfEvent(await get(`events/${encodeURIComponent(id)}`))
  return detailOfGroup(kind === 'sessions' ? { session: id } : { txn_ref: id })
}

function eventsOf({ events }) {
  if (events === null) return { events: [] }
  return get('events', { after: events[0] - 1, before: events[1] + 1 })
}

async function detailOfEvent(event) {
  const { requests } = await get('requests', { event: event.id })
  const deliveries =
    event.notification === null ? [] : [await get(`deliveries/${event.notification}`)]
  return { events: [event], requests, deliveries }
}

async function detailOfGroup(query) {
  const [{ events }, { requests }] = await Promise.all([
    get('events', { ...query, limit: PAGE }),
    get('requests', { ...query, limit: PAGE }),
  ])
  const named = [...events, ...requests].map(({ txn_ref: ref }) => ref)
  const refs = [...new Set(named)].filter((ref) => ref !== null)
  const found = await Promise.all(
    refs.map((ref) => get('deliveries', { txn_ref: ref, limit: PAGE })),
  )
  if (events.length + requests.length === 0) {
    return { missing: 'The log has nothing about it. It may be from before a reset or a restart.' }
  }
  return {
    events,
    requests,
    deliveries: found.flatMap(({ deliveries }) => deliveries),
    waiting: found.flatMap(({ waiting: those }) => those),
    skipped: found.flatMap(({ skipped }) => skipped),
  }
}
