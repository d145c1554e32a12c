// Requests to the control API.

import { fail } from './toast.js'

const ROOT = new URL('../', import.meta.url)

/** Read a route. Throw an error if the sandbox does not answer or refuses. */
export async function get(path, query = {}) {
  const url = new URL(path, ROOT)
  for (const [name, value] of Object.entries(query)) {
    if (![null, '', false].includes(value)) url.searchParams.set(name, value)
  }
  return read(await fetch(url))
}

/** Ask the sandbox to do something. Throw an error if it refuses. */
export async function send(method, path, body = {}) {
  const options = {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }
  return read(await fetch(new URL(path, ROOT), options))
}

/** Ask the sandbox to do something, and show the reason if it refuses. Return null then. */
export async function ask(method, path, body = {}) {
  try {
    return await send(method, path, body)
  } catch (error) {
    fail(error.message)
    return null
  }
}

// The last action of each phone.
const turns = new Map()

/**
 * Let a phone do something, and return the phone, or null if the sandbox refuses.
 *
 * The actions of a phone take turns, because the order of keys matters.
 */
export function act(number, action, body = {}) {
  const before = turns.get(number) ?? Promise.resolve()
  const path = `phones/${encodeURIComponent(number)}/${action}`
  const turn = before.then(() => ask('POST', path, body))
  turns.set(number, turn)
  return turn
}

async function read(response) {
  const answer = await response.json().catch(() => ({ message: response.statusText }))
  if (!response.ok) throw new Error(answer.message)
  return answer
}
