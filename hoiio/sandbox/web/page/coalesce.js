// Fewer requests: however often something changes, it is fetched once at a time.

const PAUSE = 100

/**
 * Return a function that calls `load` soon.
 *
 * While `load` runs, further calls wait for one more run, and share it.
 */
export function coalesce(load) {
  let running = false
  let again = false
  return async function request() {
    again = true
    if (running) return
    running = true
    while (again) {
      again = false
      await load().catch(ignore)
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
    running = false
  }
}

/** Without a connection the lamp says so, and everything is fetched again afterwards. */
function ignore(error) {
  console.debug(error)
}
