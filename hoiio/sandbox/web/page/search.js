// The search for phones. The page has those that were used last, and the sandbox looks through all.

import { get } from './api.js'
import { coalesce } from './coalesce.js'
import { change, state } from './store.js'

const MOST_FOUND = 100

const fetchFound = coalesce(async () => {
  const { search } = state
  if (search.trim() === '') {
    change({ found: [] })
    return
  }
  const { phones } = await get('phones', { search: search.trim(), brief: true, limit: MOST_FOUND })
  change({ found: phones })
})

/** Show the phones that match a text. */
export function searchPhones(search) {
  change({ search })
  fetchFound()
}
