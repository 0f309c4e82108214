/** `fetch` through a Unix socket, as far as Docker needs it: the built-in one knows no sockets. */
import http from 'node:http'
import { Readable } from 'node:stream'

export function fetchThroughSocket(socketPath: string): typeof fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const body = typeof init.body === 'string' ? init.body : undefined
      const request = http.request(
        {
          socketPath,
          method: init.method ?? 'GET',
          path: url.pathname + url.search,
          headers: {
            host: url.host,
            ...Object.fromEntries(new Headers(init.headers)),
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (response) => {
          const status = response.statusCode ?? 500
          const isEmpty = status === 204 || status === 304
          const stream = Readable.toWeb(response) as ReadableStream<Uint8Array>
          resolve(new Response(isEmpty ? null : stream, { status, headers: wordsOf(response.headers) }))
        },
      )
      request.once('error', (cause) => reject(new TypeError('fetch failed', { cause })))
      request.end(body)
    })
}

function wordsOf(headers: http.IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
}
