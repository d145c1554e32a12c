// The start of the page.

import { App } from './app.js'
import { followCall } from './call.js'
import { followRoute, markRead, receive, refresh } from './data.js'
import { html } from './html.js'
import { followKeyboard, noteShown } from './keyboard.js'
import { lastEvent } from './log.js'
import { updateNotices } from './notice.js'
import { followAddress } from './route.js'
import { readSound } from './sound.js'
import { drawWith } from './store.js'
import { followStream } from './stream.js'
import { tick } from './time.js'

readSound()
followKeyboard()
followAddress(followRoute)
followStream({ receive, last: lastEvent })
refresh()
tick()
drawWith((now) => html`<${App} ...${now} />`, document.getElementById('page'), afterDrawing)

function afterDrawing(now) {
  markRead(now)
  followCall(now)
  noteShown(now)
  updateNotices(now)
}
