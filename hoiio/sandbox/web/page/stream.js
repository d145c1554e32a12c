// The stream of the sandbox: one connection for all tabs of this browser.
//
// A browser opens at most six connections to a host, and each stream keeps one of them. So one tab,
// the leader, holds a lock and has the stream. It passes everything on to the other tabs. When the
// leader closes, another tab gets the lock.

import { change } from './store.js'

const NAME = 'hoiio-sandbox-stream'
// The kinds of messages that the stream has besides events.
const KINDS = ['reset', 'request', 'phones', 'clock']
const PAUSE = 1000

/**
 * Follow the stream.
 *
 * `receive` gets the kind and the data of each message. `last` returns the id of the newest event
 * that the page has, as soon as it has one.
 */
export function followStream({ receive, last }) {
  const tabs = new BroadcastChannel(NAME)
  const handle = ({ kind, data }) => {
    if (kind === 'connected' || kind === 'lamp') change({ connected: data })
    if (kind !== 'hello' && kind !== 'lamp') receive(kind, data)
  }
  tabs.onmessage = ({ data: message }) => handle(message)
  const pass = (kind, data) => {
    tabs.postMessage({ kind, data })
    handle({ kind, data })
  }
  // Without a secure context there are no locks, and each tab has a stream of its own.
  const locks = navigator.locks ?? { request: (_name, begin) => begin() }
  locks.request(NAME, () => lead(tabs, pass, last))
  tabs.postMessage({ kind: 'hello' })
}

/** Be the leader until this tab closes. */
async function lead(tabs, pass, last) {
  change({ leader: true })
  let connected = null
  const report = (value) => {
    if (value || connected !== value) pass('connected', value)
    connected = value
  }
  // A new tab asks whether its leader is connected.
  tabs.addEventListener('message', ({ data: { kind } }) => {
    if (kind === 'hello' && connected !== null) tabs.postMessage({ kind: 'lamp', data: connected })
  })
  open(pass, report, await last())
  await new Promise(() => {})
}

function open(pass, report, last) {
  const source = new EventSource(`events?changes=true&after=${last}`)
  source.onopen = () => report(true)
  source.onmessage = ({ data }) => pass('event', JSON.parse(data))
  for (const kind of KINDS) {
    source.addEventListener(kind, ({ data }) => pass(kind, JSON.parse(data)))
  }
  source.onerror = () => {
    report(false)
    // The browser connects again by itself, unless it got an answer that is not a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(open, PAUSE, pass, report, last)
  }
}
