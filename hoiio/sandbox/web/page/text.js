// Small functions for words and amounts.

/** Return a count with its noun, such as `1 part` or `2 parts`. */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Return an amount, such as `0.040 SGD`. */
export function money(amount, currency) {
  return `${amount} ${currency}`
}

/** Return true if a text is a phone number in E.164. */
export function isNumber(text) {
  return /^\+[1-9]\d{6,14}$/.test(text)
}

/** Return what a person has typed as a phone number: without blanks, with the plus. */
export function asNumber(text) {
  const digits = text.replace(/[\s()\-.]/g, '')
  return digits.startsWith('+') ? digits : `+${digits}`
}

/** Return the code in a message, such as `4711` in `Your code is 4711`, or null. */
export function codeIn(text) {
  return /(?<![\d.,+])\d{4,8}(?![\d.,]*\d)/.exec(text)?.[0] ?? null
}

/** Return the class names that apply. */
export function names(...given) {
  return given.filter(Boolean).join(' ')
}

/** Return the fields of a form body in their order, as pairs. */
export function fieldsOf(body) {
  return [...new URLSearchParams(body)]
}
