// The account: its credit, its numbers, and how a program reaches it.

import { act, ask } from './api.js'
import { fetchAccount, takePhone } from './data.js'
import { changeDraft } from './drafts.js'
import { html } from './html.js'
import { Command } from './phone.js'
import { toPhone } from './route.js'
import { exportLines, firstCommand } from './snippets.js'
import { money } from './text.js'

export function Account({ account, numbers, phone }) {
  if (account === null) return null
  const {
    balance,
    points,
    bonus,
    currency,
    name,
    email,
    registered,
    user_status: status,
    down,
  } = account
  return html`<div class="panel-body">
    <section aria-labelledby="credit">
      <h3 id="credit">Credit</h3>
      <p class="amount">${money(balance, currency)}</p>
      <p class="soft">${points} points and ${bonus} bonus</p>
      ${down.length > 0 && html`<p class="failed">Not available: ${down.join(', ')}.</p>`}
    </section>
    <section aria-labelledby="numbers">
      <h3 id="numbers">Your numbers</h3>
      ${numbers.length === 0 && html`<p class="empty">The account has no numbers.</p>`}
      <ul class="plain">
        ${numbers.map((own) => html`<${Own} key=${own.number} own=${own} owner=${account.app_id}
          phone=${phone} />`)}
      </ul>
    </section>
    <section aria-labelledby="answering">
      <h3 id="answering">Phones</h3>
      <label class="line">
        <span class="grow">Phones without a behaviour of their own</span>
        <select value=${account.answer} onChange=${({ target }) => setAnswering(target.value)}>
          <option value="manual">ring until you answer</option>
          <option value="auto">answer at once</option>
          ${account.answer === 'other' && html`<option value="other"
            disabled>react as your program says</option>`}
        </select>
      </label>
    </section>
    <section aria-labelledby="use">
      <h3 id="use">Use it from a program</h3>
      <${Command} text=${exportLines(account)} />
      <p class="soft">This command makes a phone ring:</p>
      <${Command} text=${firstCommand(account)} />
    </section>
    <section aria-labelledby="owner">
      <h3 id="owner">Owner</h3>
      <dl class="fields">
        <dt>Name</dt><dd>${name}</dd>
        <dt>Email</dt><dd>${email}</dd>
        <dt>Registered</dt><dd><a href=${toPhone(registered)}>${registered}</a></dd>
        <dt>Status</dt><dd>${status}</dd>
      </dl>
    </section>
  </div>`
}

async function setAnswering(answer) {
  await ask('POST', 'answering', { answer })
  fetchAccount()
}

function Own({ own, owner, phone }) {
  const {
    number,
    app_id: appId,
    capabilities,
    mode,
    forward_to: calls,
    forward_sms_to: messages,
    expiry,
  } = own
  const call = async () => takePhone(await act(phone, 'call', { number }))
  const can = (what) => phone !== null && capabilities.includes(what)
  return html`<li class="own">
    <div class="line">
      <span class="grow">
        <b>${number}</b> <small>${capabilities.join(', ')}, until ${expiry}</small>
      </span>
    </div>
    ${appId !== owner && html`<p class="soft">Belongs to the application ${appId}</p>`}
    <p class="soft">Calls: ${calls ?? 'not forwarded'}</p>
    ${capabilities.includes('SMS') && html`<p class="soft">SMS: ${messages ?? 'not forwarded'}</p>`}
    ${
      phone !== null &&
      html`<p class="card-buttons">
      <span class="soft">From ${phone}:</span>
      ${mode === 'voice' && can('VOICE') && html`<button onClick=${call}>Call</button>`}
      ${
        can('SMS') &&
        html`<a class="button" href=${toPhone(phone)}
          onClick=${() => changeDraft(phone, { sms: number })}>Text</a>`
      }
      ${
        mode === 'fax' &&
        can('FAX') &&
        html`<a class="button" href=${toPhone(phone, 'faxes')}
          onClick=${() => changeDraft(phone, { fax: number })}>Fax</a>`
      }
    </p>`
    }
  </li>`
}
