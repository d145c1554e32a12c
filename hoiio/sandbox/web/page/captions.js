// What the application says in a call, as text.

import { html } from './html.js'
import { Component, createRef } from './vendor/preact.mjs'

const OWN = `${location.origin}/`

/** The captions. They scroll to the newest one, unless the person reads an older one. */
export class Captions extends Component {
  box = createRef()
  atEnd = true

  scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = this.box.current
    this.atEnd = scrollHeight - scrollTop - clientHeight < 8
  }

  follow() {
    if (this.atEnd) this.box.current.scrollTop = this.box.current.scrollHeight
  }

  componentDidMount() {
    this.follow()
  }

  componentDidUpdate() {
    this.follow()
  }

  render({ captions }) {
    return html`<div
      ref=${this.box}
      class="captions"
      role="log"
      aria-live="polite"
      aria-label="What the application says"
      tabindex="0"
      onScroll=${this.scrolled}
    >
      ${captions.length === 0 && html`<p class="nothing">Nothing has been said yet.</p>`}
      ${captions.map((caption, index) => html`<${Caption} key=${index} ...${caption} />`)}
    </div>`
  }
}

function Caption({ kind, text, language }) {
  if (kind === 'speech') return html`<p class="caption" lang=${language}>${text}</p>`
  // The page loads nothing from other servers, not even if an application asks for it.
  if (text.startsWith(OWN))
    return html`<audio class="caption" controls preload="none" src=${text}></audio>`
  return html`<p class="caption">
    Plays a file: <a href=${linkTo(text)} target="_blank" rel="noopener noreferrer">${text}</a>
  </p>`
}

/** Return an address that is safe in a link: no `javascript:`. */
function linkTo(text) {
  return /^https?:\/\//i.test(text) ? text : null
}
