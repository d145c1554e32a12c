/* A reader without a mouse scrolls with the arrow keys, and reaches what scrolls with the Tab key. What fits is not
   a stop on the way. */
function markWhatScrolls() {
  for (const box of document.querySelectorAll('.table-wrapper, .picture, .highlight pre')) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute('tabindex')
  }
}

window.addEventListener('load', markWhatScrolls)
window.addEventListener('resize', markWhatScrolls)
