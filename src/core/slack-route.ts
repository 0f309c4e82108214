/** POST /slack/events: commands, clicks, forms and events, handed to the Slack adapter as raw bytes. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Http } from './http.ts'

export type ReceiveSlack = (request: { headers: IncomingHttpHeaders; rawBody: Buffer }) => Promise<{
  status: number
  headers?: Record<string, string>
  body?: string | object
}>

export function addSlackRoute(http: Http, receive: ReceiveSlack): void {
  http.post('/slack/events', async (request, reply) => {
    const rawBody = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
    const { status, headers = {}, body } = await receive({ headers: request.headers, rawBody })
    return reply
      .code(status)
      .headers(headers)
      .send(body ?? '')
  })
}
