/** The page's line to its server. Answers are values: what the server refused comes back as `{ error }`. */

const retryMilliseconds = 2_000
const serverIsAway = { error: 'The server does not answer. Is `npm start` still running?' }

export function fetchState(query) {
  return ask(`/try/api/state?${new URLSearchParams(query)}`)
}

export function sendAct(act) {
  return post('/try/api/act', act)
}

export function sendHappening(happening) {
  return post('/try/api/world', happening)
}

function post(url, body) {
  return ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

async function ask(url, options) {
  try {
    const response = await fetch(url, options)
    return await response.json()
  } catch {
    return serverIsAway
  }
}

/**
 * Calls `changed` when the world has changed, and after every connection, since something may have been missed.
 * A hidden tab lets go of its line: a browser has only six to one server, and each person may have a tab.
 */
export function listenForChanges({ changed, lost }) {
  let source = null
  function open() {
    source = new EventSource('/try/api/events')
    source.onopen = changed
    source.addEventListener('changed', changed)
    source.onerror = () => {
      lost()
      // The browser tries again by itself when the line broke, but not when it was answered with an error.
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => !document.hidden && open(), retryMilliseconds)
    }
  }
  document.addEventListener('visibilitychange', () => {
    source?.close()
    source = null
    if (!document.hidden) open()
  })
  open()
}
