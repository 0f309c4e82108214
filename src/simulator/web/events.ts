/** Server-sent events: tells every open page that something changed. What changed, the page asks for itself. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { securityHeaders } from './answers.ts'

export interface ChangeStream {
  open(req: IncomingMessage, res: ServerResponse): void
  close(): void
}

// A storm of fifty alerts is one drawing, and nobody sees that it came 50 ms late.
const gatherMilliseconds = 50

// Proxies close what stays silent for a minute.
const heartbeatMilliseconds = 15_000

export function changeStream(onChange: (listener: () => void) => () => void): ChangeStream {
  const open = new Set<ServerResponse>()
  let gathering: NodeJS.Timeout | null = null

  function tellAll(text: string) {
    for (const res of open) res.write(text)
  }

  const stopListening = onChange(() => {
    if (gathering) return
    gathering = setTimeout(() => {
      gathering = null
      tellAll('event: changed\ndata: {}\n\n')
    }, gatherMilliseconds).unref()
  })
  const heartbeat = setInterval(() => tellAll(': still here\n\n'), heartbeatMilliseconds).unref()

  return {
    open(req, res) {
      res.writeHead(200, {
        ...securityHeaders,
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      res.write('retry: 1000\n\n')
      open.add(res)
      req.on('close', () => open.delete(res))
      res.on('close', () => open.delete(res))
    },
    close() {
      stopListening()
      clearInterval(heartbeat)
      if (gathering) clearTimeout(gathering)
      for (const res of open) res.end()
      open.clear()
    },
  }
}
