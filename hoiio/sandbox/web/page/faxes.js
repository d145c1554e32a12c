// The faxes of a phone: those that arrived, and a place to drop one to send.

import { act, get } from './api.js'
import { takePhone } from './data.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { change, state } from './store.js'
import { fail, tell } from './toast.js'
import { names } from './text.js'
import { shortTime } from './time.js'

export function Faxes({ opened, numbers }) {
  const { number, calls } = opened
  const own = numbers.filter(({ mode }) => mode === 'fax')
  const faxes = calls.calls.filter(({ kind }) => kind === 'fax')
  return html`<div class="tab-body">
    ${own.length > 0
      ? html`<${Drop} number=${number} own=${own} />`
      : html`<p class="soft">
          None of your numbers receives faxes. Set the mode of one to fax, such as with
          <code>client.number.configure(number, mode='fax')</code>.
        </p>`}
    <h2>Faxes of this phone</h2>
    ${faxes.length === 0 && html`<p class="empty">This phone has not sent or received a fax.</p>`}
    ${faxes.map((leg) => html`<${Fax} key=${leg.txn_ref} leg=${leg} />`)}
  </div>`
}

function Drop({ number, own }) {
  const send = async (file, receiver) => {
    const content = await base64(file)
    const phone = await act(number, 'send_fax', { number: receiver, content })
    if (phone !== null) tell(`Sent ${file.name} to ${receiver}.`)
    takePhone(phone)
  }
  const receiver = (event) => event.target.closest('.drop').querySelector('select').value
  return html`<div
    class="drop"
    onDragOver=${(event) => event.preventDefault()}
    onDrop=${(event) => {
      event.preventDefault()
      const [file] = event.dataTransfer.files
      if (file) send(file, receiver(event))
    }}
  >
    <label>
      Fax to
      <select aria-label="To which of your numbers">
        ${own.map((one) => html`<option key=${one.number}>${one.number}</option>`)}
      </select>
    </label>
    <label class="button">
      Choose a PDF, or drop it here
      <input
        type="file"
        accept="application/pdf,.pdf"
        onChange=${(event) => {
          const [file] = event.target.files
          if (file) send(file, receiver(event))
          event.target.value = ''
        }}
      />
    </label>
  </div>`
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function Fax({ leg }) {
  const waits = leg.state === 'ringing' && leg.incoming
  return html`<div class="past">
    <div class="line">
      <${Icon} name="fax" label=${leg.incoming ? 'Received' : 'Sent'} />
      <span class="grow">${leg.incoming ? `from ${leg.other}` : `to ${leg.other}`}</span>
      <span class=${names('soft', leg.outcome === 'failed' && 'failed')}>${leg.outcome}</span>
      <span class="when">${shortTime(leg.date)}</span>
      ${waits && html`<button class="primary" onClick=${() => settle(leg, 'accept')}>Accept</button>`}
      ${!waits && leg.txn_ref && html`<button onClick=${() => look(leg)}>Look</button>`}
    </div>
    ${state.fax?.ref === leg.txn_ref &&
    html`<object class="pdf" type="application/pdf" data=${state.fax.url} aria-label="The fax">
      <p><a href=${state.fax.url} target="_blank" rel="noopener">Open the PDF</a></p>
    </object>`}
  </div>`
}

async function settle({ number, txn_ref }, action) {
  takePhone(await act(number, action, { txn_ref }))
}

/** Show the PDF of a fax, or hide it. */
async function look({ txn_ref: ref }) {
  if (state.fax?.ref === ref) {
    change({ fax: null })
    return
  }
  try {
    const { fax_url: url } = await get(`faxes/${encodeURIComponent(ref)}`)
    if (url) change({ fax: { ref, url: new URL(url).pathname } })
    else fail('this fax has no file yet')
  } catch (error) {
    fail(error.message)
  }
}
