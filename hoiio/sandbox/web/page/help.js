// The help: every shortcut of the keyboard.

import { html } from './html.js'
import { change } from './store.js'
import { Component, createRef } from './vendor/preact.mjs'

const SHORTCUTS = [
  ['/', 'Search the phones'],
  ['↑ ↓ or j k', 'Move in a list'],
  ['→ ←', 'Unfold or fold an entry of the timeline'],
  ['Enter', 'Answer the phone that rings'],
  ['Esc', 'Decline the call, or close what is open'],
  ['0–9 * #', 'Press a key in a call'],
  ['h', 'Hang up'],
  ['t', 'Open the timeline'],
  ['s', 'Turn the sound on or off'],
  ['?', 'Show this help'],
]

export class Help extends Component {
  box = createRef()

  componentDidMount() {
    this.box.current.showModal()
  }

  render() {
    const close = () => change({ dialog: null })
    return html`<dialog ref=${this.box} class="help" aria-labelledby="help" onClose=${close}>
      <h2 id="help">Keyboard</h2>
      <dl>
        ${SHORTCUTS.map(([keys, what]) => html`<div
          key=${keys}><dt><kbd>${keys}</kbd></dt><dd>${what}</dd></div>`)}
      </dl>
      <p class="soft">The shortcuts are off while you type in a field.</p>
      <button onClick=${close} autofocus>Close</button>
    </dialog>`
  }
}
