// Requests and notifications as a curl command or as Python.

import { state } from './store.js'

// The log has the size of a file instead of its content.
const SIZE = /^\(\d+ bytes\)$/
const SOME_FILE = 'letter.pdf'

/** Return an API request as a command for a shell. */
export function requestAsCurl({ operation, form }) {
  const fields = Object.entries(withToken(form)).map(([name, value]) =>
    curlField(name, value, form),
  )
  return [`curl ${quoted(state.account.url + operation)}`, ...fields].join(' \\\n  ')
}

function curlField(name, value, form) {
  if (isFile([name, value])) return `--form ${quoted(`${name}=@${SOME_FILE}`)}`
  const option = Object.entries(form).some(isFile)
    ? '--form-string'
    : '--data-urlencode'
  return `${option} ${quoted(`${name}=${value}`)}`
}

/** Return an API request as a Python program. */
export function requestAsPython({ operation, form }) {
  const { app_id: appId, access_token: token, ...rest } = withToken(form)
  const fields = Object.entries(rest).map(([name, value]) => {
    const written = isFile([name, value]) ? `open('${SOME_FILE}', 'rb').read()` : python(value)
    return `    ${python(name)}: ${written},\n`
  })
  return `from hoiio import HoiioClient, Response

client = HoiioClient(
    ${python(appId)}, ${python(token)}, base_url=${python(state.account.url)}
)
response = client.request(${python(operation)}, Response, {
${fields.join('')}})
print(response.json)
`
}

/** Return a notification as a command for a shell. */
export function notificationAsCurl({ url, headers, body }) {
  const sent = Object.entries(headers).filter(([name]) => name !== 'Connection')
  const options = sent.map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`)
  // Without this option, curl reads brackets and braces in an address as a pattern.
  return [`curl --globoff ${quoted(url)}`, ...options, `--data-raw ${quoted(body)}`].join(' \\\n  ')
}

/** Return a notification as a Python program. */
export function notificationAsPython({ url, headers, body }) {
  const sent = Object.entries(headers).filter(([name]) => name !== 'Connection')
  const lines = sent.map(([name, value]) => `    ${python(name)}: ${python(value)},\n`)
  return `import requests

headers = {
${lines.join('')}}
body = ${python(body)}
response = requests.post(${python(url)}, data=body, headers=headers, timeout=10)
print(response.status_code, response.text)
`
}

/** Return the one command that makes the first phone ring. */
export function firstCommand({ url, app_id: appId, access_token: token }) {
  const fields = { app_id: appId, access_token: token, dest: '%2B6591234567', msg: 'Hello' }
  const form = Object.entries(fields).map(([name, value]) => `-d ${quoted(`${name}=${value}`)}`)
  return [`curl ${quoted(`${url}ivr/start/dial`)}`, ...form].join(' ')
}

/** Return the lines that point the SDK to the sandbox. */
export function exportLines({ environment }) {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join('\n')
}

/** Return true if a field was a file. The text of an SMS can look like its size. */
function isFile([name, value]) {
  return name === 'file' && SIZE.test(value)
}

function withToken(form) {
  const { account } = state
  const known = form.app_id === account.app_id
  return { ...form, access_token: known ? account.access_token : 'ACCESS_TOKEN' }
}

/** Quote a text for a POSIX shell. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Write a text as a Python string. Its escapes are those of JSON. */
function python(text) {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped}'`
}
