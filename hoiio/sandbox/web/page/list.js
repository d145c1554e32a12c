// A long list of which only the visible rows are in the document.

import { html } from './html.js'
import { change } from './store.js'
import { Component, createRef } from './vendor/preact.mjs'

// Rows above and below the visible part, so that scrolling shows no gaps.
const MARGIN = 6
const FIRST_VIEW = 800
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

/**
 * The list. Its rows have the same height.
 *
 * `row` gets an item and the properties of its link: one link of the list can be reached with the
 * Tab key, and the arrow keys, j and k go to the others. `reach` is called near the end.
 */
export class List extends Component {
  box = createRef()
  top = 0
  view = FIRST_VIEW
  cursor = null
  moved = false

  componentDidMount() {
    this.observer = new ResizeObserver(() => {
      this.view = this.box.current.clientHeight
      change()
    })
    this.observer.observe(this.box.current)
  }

  componentWillUnmount() {
    this.observer.disconnect()
  }

  shouldComponentUpdate({ items, keyOf, height }) {
    // New rows at the top must not move what the person reads.
    const known = this.props.items
    if (items !== known && this.top > 0 && known.length > 0) {
      const index = Math.min(Math.floor(this.top / this.props.height), known.length - 1)
      const key = keyOf(known[index])
      const place = items.findIndex((item) => keyOf(item) === key)
      this.shift = place < 0 ? 0 : (place - index) * height
    }
    return true
  }

  componentDidUpdate() {
    if (this.shift) this.box.current.scrollTop += this.shift
    this.shift = 0
    if (this.moved) this.box.current.querySelector('[data-cursor]')?.focus({ preventScroll: true })
    this.moved = false
  }

  scrolled = () => {
    const { items, height, reach } = this.props
    this.top = this.box.current.scrollTop
    if (reach && this.top + 2 * this.view > items.length * height) reach()
    change()
  }

  pressed = (event) => {
    const { items, keyOf, height } = this.props
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : STEPS[event.key]
    if (step === undefined || event.target.closest('input, select, textarea')) return
    event.preventDefault()
    const index = Math.min(Math.max(this.index() + step, 0), items.length - 1)
    this.cursor = keyOf(items[index])
    const top = index * height
    if (top < this.box.current.scrollTop) this.box.current.scrollTop = top
    else if (top + height > this.box.current.scrollTop + this.view) {
      this.box.current.scrollTop = top + height - this.view
    }
    // The next key can come before the next frame, so a row that is there gets the focus at once.
    this.box.current
      .querySelector(`[aria-posinset="${index + 1}"] a`)
      ?.focus({ preventScroll: true })
    this.moved = true
    change()
  }

  /** Return the index of the row that the Tab key reaches. */
  index() {
    const { items, keyOf, current } = this.props
    for (const key of [this.cursor, current]) {
      const index = key === null ? -1 : items.findIndex((item) => keyOf(item) === key)
      if (index >= 0) return index
    }
    return 0
  }

  render({ items, keyOf, height, row, label }) {
    const first = Math.max(0, Math.floor(this.top / height) - MARGIN)
    const last = Math.min(items.length, Math.ceil((this.top + this.view) / height) + MARGIN)
    const cursor = this.index()
    const shown = []
    for (let index = first; index < last; index += 1) shown.push(index)
    if (cursor < items.length && (cursor < first || cursor >= last)) shown.push(cursor)
    return html`<div class="list" ref=${this.box} onScroll=${this.scrolled}
      onKeyDown=${this.pressed}>
      <div role="list" aria-label=${label} style=${{ height: `${items.length * height}px` }}>
        ${shown.map((index) => {
          const link = index === cursor ? { tabIndex: 0, 'data-cursor': true } : { tabIndex: -1 }
          return html`<div
            key=${keyOf(items[index])}
            class="slot"
            role="listitem"
            aria-setsize=${items.length}
            aria-posinset=${index + 1}
            style=${{ height: `${height}px`, transform: `translateY(${index * height}px)` }}
          >
            ${row(items[index], link)}
          </div>`
        })}
      </div>
    </div>`
  }
}
