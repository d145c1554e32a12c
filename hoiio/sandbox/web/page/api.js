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

/** Let a phone do something. */
export function act(number, action, body = {}) {
  return ask('POST', `phones/${encodeURIComponent(number)}/${action}`, body)
}

async function read(response) {
  const answer = await response.json().catch(() => ({ message: response.statusText }))
  if (!response.ok) throw new Error(answer.message)
  return answer
}
