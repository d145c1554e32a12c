// The faxes of a phone: those that arrived, and a place to drop one to send.

import { act } from './api.js'
import { takePhone } from './data.js'
import { changeDraft, chosen, draftOf } from './drafts.js'
import { html } from './html.js'
import { Icon } from './icons.js'
import { to } from './route.js'
import { count, names } from './text.js'
import { inGmt8, shortTime } from './time.js'
import { fail, tell } from './toast.js'

export function Faxes({ opened, numbers }) {
  const { number, phone, faxes } = opened
  const own = numbers.filter(({ mode }) => mode === 'fax')
  const arriving = phone.calls.filter(({ kind }) => kind === 'fax').map(({ txn_ref: ref }) => ref)
  return html`<div class="tab-body">
    ${
      own.length > 0
        ? html`<${Drop} number=${number} own=${own} />`
        : html`<p class="soft">
          None of your numbers receives faxes. Set the mode of one to fax, such as with${' '}
          <code>client.number.configure(number, mode='fax')</code>.
        </p>`
    }
    <h2>Faxes of this phone</h2>
    ${faxes.total === 0 && html`<p class="empty">This phone has not sent or received a fax.</p>`}
    ${faxes.faxes.map(
      (fax) =>
        html`<${Fax}
          key=${fax.txn_ref}
          fax=${fax}
          number=${number}
          arriving=${arriving.includes(fax.txn_ref)}
        />`,
    )}
  </div>`
}

function Drop({ number, own }) {
  const send = async (file, receiver) => {
    const content = await base64(file).catch(() => null)
    if (content === null) {
      fail(`the browser cannot read ${file.name}. Choose a PDF.`)
      return
    }
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
      <select
        aria-label="To which of your numbers"
        value=${chosen(own, draftOf(number).fax)}
        onChange=${({ target }) => changeDraft(number, { fax: target.value })}
      >
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

function Fax({ fax, number, arriving }) {
  const { txn_ref: ref, src, dest, fax_status: status, fax_pages: pages, fax_url: url, date } = fax
  const received = dest === number
  return html`<div class="past">
    <div class="line">
      <${Icon} name="fax" label=${received ? 'Received' : 'Sent'} />
      <span class="grow">
        ${received ? `from ${src || 'your application'}` : `to ${dest}`}
        ${pages && html` <small>${count(Number(pages), 'page')}</small>`}
      </span>
      <a class=${names('soft', status === 'failed' && 'failed')}
        href=${to('transactions', ref)}>${status}</a>
      <span class="when">${shortTime(inGmt8(date))}</span>
      ${
        arriving &&
        html`<button onClick=${() => settle(number, 'reject', ref)}>Reject</button>
        <button class="primary" onClick=${() => settle(number, 'accept', ref)}>Accept</button>`
      }
      ${
        url &&
        html`<a class="button" href=${new URL(url).pathname} target="_blank"
          rel="noopener">Open the PDF</a>`
      }
    </div>
  </div>`
}

async function settle(number, action, ref) {
  takePhone(await act(number, action, { txn_ref: ref }))
}
