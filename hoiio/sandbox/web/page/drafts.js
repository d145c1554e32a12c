// What a person has begun to write and not sent, for each phone.

import { change, state } from './store.js'

const EMPTY = { text: '', sms: null, fax: null }

/** Return the draft of a phone: the text, and the numbers chosen for an SMS and for a fax. */
export function draftOf(phone) {
  return state.drafts[phone] ?? EMPTY
}

/** Change a part of the draft of a phone. */
export function changeDraft(phone, values) {
  change({ drafts: { ...state.drafts, [phone]: { ...draftOf(phone), ...values } } })
}

/** Return the number that was chosen, or the first if that one is not there any more. */
export function chosen(numbers, number) {
  return numbers.some((own) => own.number === number) ? number : numbers[0].number
}
