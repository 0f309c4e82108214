import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WebhookEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { createWebhooks, signatureOf } from './index.ts'

interface Call {
  headers: IncomingHttpHeaders
  body: string
}

const gateway = { url: '', calls: [] as Call[], status: 202, headers: {} as Record<string, string>, close: () => {} }

beforeEach(async () => {
  Object.assign(gateway, { calls: [], status: 202, headers: {} })
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    gateway.calls.push({ headers: req.headers, body: Buffer.concat(chunks).toString() })
    res.writeHead(gateway.status, gateway.headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  gateway.close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => gateway.close())

const now = new Date('2026-03-01T03:00:00Z')

function delivery(attempt = 1): Delivery<WebhookEffect> {
  const effect = { kind: 'webhook.send', url: gateway.url, secretVariable: 'SMS', body: { type: 'page' } } as const
  const signal = new AbortController().signal
  return { id: '7', effect, attempt, isInDoubt: attempt > 1, decidedAt: now, now, observed: null, signal }
}

const port = createWebhooks({ secretOf: (variable) => (variable === 'SMS' ? 'secret' : null) })

test('what is sent is signed, and every attempt has the same id', async () => {
  await port.deliver(delivery(1))
  await port.deliver(delivery(2))

  const [first, second] = gateway.calls
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(first?.headers['webhook-signature']).toBe(
    signatureOf('secret', {
      id: String(first?.headers['webhook-id']),
      timestamp: String(now.getTime() / 1_000),
      body: '{"type":"page"}',
    }),
  )
})

test.each([
  [500, {}, { outcome: 'again', isOutage: true, code: 'webhook_http_500' }],
  [429, { 'retry-after': '9' }, { outcome: 'again', retryAfterSeconds: 9 }],
  [404, {}, { outcome: 'never', code: 'webhook_http_404' }],
  [302, { location: 'http://127.0.0.1:1/' }, { outcome: 'never', code: 'webhook_http_302' }],
])('an answer of %i means: %o %o', async (status, headers, expected) => {
  Object.assign(gateway, { status, headers })
  await expect(port.deliver(delivery())).rejects.toMatchObject(expected)
  expect(gateway.calls).toHaveLength(1)
})

test('nothing is sent unsigned', async () => {
  const unsigned = createWebhooks({ secretOf: () => null })
  await expect(unsigned.deliver(delivery())).rejects.toMatchObject({ outcome: 'never', code: 'no_webhook_secret' })
  expect(gateway.calls).toEqual([])
})

test('a gateway that is not there is tried again', async () => {
  gateway.close()
  await expect(port.deliver(delivery())).rejects.toMatchObject({ outcome: 'again', code: 'webhook_unreachable' })
})
