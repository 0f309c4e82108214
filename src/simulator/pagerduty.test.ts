import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv } from 'ajv'
import { expect, onTestFinished, test } from 'vitest'
import { movableClock } from '../lib/clock.ts'
import { statedWebhook } from './pagerduty/shapes.ts'
import { createPagerDuty, type PagerDuty } from './pagerduty.ts'

const noon = Date.parse('2026-03-02T12:00:00Z')

interface Service extends PagerDuty {
  variables: Record<string, string>
  /** Sends an event, changed as the test wants it. */
  enqueue(change?: object): Promise<{ status: number; body: Record<string, unknown>; retryAfter: string | null }>
}

async function openPagerDuty(hook: string | null = null): Promise<Service> {
  const pagerDuty = createPagerDuty({ clock: movableClock(() => noon), changed: () => {}, hookUrl: () => hook })
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const isTaken = await pagerDuty.handle(req, res, Buffer.concat(chunks).toString())
    if (!isTaken) res.writeHead(418).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const variables = pagerDuty.env(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    ...pagerDuty,
    variables,
    async enqueue(change = {}) {
      const body = JSON.stringify({ ...trigger, routing_key: variables.PAGERDUTY_ROUTING_KEY, ...change })
      const response = await fetch(variables.PAGERDUTY_EVENTS_URL ?? '', { method: 'POST', body })
      const answer = (await response.json()) as Record<string, unknown>
      return { status: response.status, body: answer, retryAfter: response.headers.get('retry-after') }
    },
  }
}

const payload = { summary: 'checkout is down', source: 'tocsin', severity: 'critical' }
const trigger = { event_action: 'trigger', dedup_key: 'incidents/42', payload }

test('a trigger rings once while its incident is open, and again when it was resolved', async () => {
  const { enqueue, world } = await openPagerDuty()

  const answer = await enqueue({ links: [{ href: 'https://example.com/42', text: 'INC-42' }] })
  await enqueue({ payload: { ...payload, summary: 'said again' } })
  await enqueue({ event_action: 'resolve' })
  await enqueue()

  expect(answer).toMatchObject({ status: 202, body: { status: 'success', dedup_key: 'incidents/42' } })
  expect(world.pages()).toMatchObject([
    { key: 'incidents/42', summary: 'checkout is down', status: 'resolved', link: 'https://example.com/42' },
    { key: 'incidents/42', summary: 'checkout is down', status: 'triggered', at: new Date(noon) },
  ])
})

test('two services may use the same key without meeting', async () => {
  const { enqueue, world } = await openPagerDuty()

  await enqueue()
  await enqueue({ routing_key: 'another0service0key0000000000000' })
  await enqueue({ event_action: 'resolve' })

  expect(world.pages().map((page) => page.status)).toEqual(['resolved', 'triggered'])
})

test('an event without a key gets one', async () => {
  const { enqueue, world } = await openPagerDuty()
  const { body } = await enqueue({ dedup_key: undefined })
  expect(world.pages()).toMatchObject([{ key: body.dedup_key }])
})

test('answering for an incident that is not open is taken and changes nothing', async () => {
  const { enqueue, world } = await openPagerDuty()
  expect(await enqueue({ event_action: 'acknowledge' })).toMatchObject({ status: 202 })
  expect(world.pages()).toEqual([])
})

test.each([
  ['no routing key', { routing_key: undefined }, "'routing_key'"],
  ['a routing key that is too short', { routing_key: 'short' }, "'routing_key'"],
  ['an action that is none', { event_action: 'shout' }, "'event_action'"],
  ['a key that is too long', { dedup_key: 'x'.repeat(256) }, "'dedup_key'"],
  ['an acknowledgement of nothing', { event_action: 'acknowledge', dedup_key: undefined }, "'dedup_key'"],
  ['no payload', { payload: undefined }, "'payload'"],
  ['no summary', { payload: { ...payload, summary: '' } }, "'payload.summary'"],
  ['a summary that is too long', { payload: { ...payload, summary: 'x'.repeat(1_025) } }, "'payload.summary'"],
  ['no source', { payload: { ...payload, source: undefined } }, "'payload.source'"],
  ['a severity that is none', { payload: { ...payload, severity: 'P1' } }, "'payload.severity'"],
  ['a link to nowhere', { links: [{ text: 'INC-42' }] }, "'links.0.href'"],
])('an event with %s is refused, and the answer names the field', async (_what, change, field) => {
  const { enqueue, world } = await openPagerDuty()
  const { status, body } = await enqueue(change)
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { status: 'invalid event', errors: [expect.any(String)] },
  })
  expect(String(body.errors)).toMatch(new RegExp(`^${field} `))
  expect(world.pages()).toEqual([])
})

test('a body that is no JSON is refused', async () => {
  const { variables } = await openPagerDuty()
  const response = await fetch(variables.PAGERDUTY_EVENTS_URL ?? '', { method: 'POST', body: 'hello' })
  expect(response.status).toBe(400)
})

test('an event of more than half a megabyte is refused', async () => {
  const { enqueue } = await openPagerDuty()
  const { status } = await enqueue({ payload: { ...payload, custom_details: { log: 'x'.repeat(512 * 1_024) } } })
  expect(status).toBe(413)
})

test('too many requests are turned away with the time to wait', async () => {
  const { enqueue, world } = await openPagerDuty()
  world.faults.inject('v2/enqueue', { kind: 'http', status: 429, retryAfterSeconds: 7 })
  expect(await enqueue()).toMatchObject({
    status: 429,
    retryAfter: '7',
    body: { status: 'error', message: expect.any(String) },
  })
  expect(await enqueue()).toMatchObject({ status: 202 })
  expect(world.calls.map((call) => call.outcome)).toEqual(['http 429', 'ok'])
})

test('the person with the phone answers a page', async () => {
  const { enqueue, world } = await openPagerDuty()
  await enqueue()
  world.acknowledge('incidents/42')
  expect(world.pages()[0]?.status).toBe('acknowledged')
  world.resolve('incidents/42')
  world.acknowledge('incidents/42')
  expect(world.pages()[0]?.status).toBe('resolved')
  expect(() => world.resolve('incidents/43')).toThrow('incidents/43')
})

test('the token is checked', async () => {
  const { variables } = await openPagerDuty()
  const ask = async (authorization: string) => {
    const response = await fetch(`${variables.PAGERDUTY_API_URL}/abilities`, {
      headers: { authorization, 'content-type': 'application/json' },
    })
    return { status: response.status, body: await response.json() }
  }
  expect(await ask(`Token token=${variables.PAGERDUTY_TOKEN}`)).toMatchObject({
    status: 200,
    body: { abilities: expect.any(Array) },
  })
  expect(await ask('Token token=stolen')).toMatchObject({ status: 401, body: { error: { code: expect.any(Number) } } })
})

test('what is asked of somebody else is left to somebody else', async () => {
  const { variables } = await openPagerDuty()
  const { origin } = new URL(variables.PAGERDUTY_EVENTS_URL ?? '')
  expect((await fetch(`${origin}/api/auth.test`)).status).toBe(418)
  expect((await fetch(`${origin}/pagerduty/api/services`)).status).toBe(404)
})

test('what rang is there again tomorrow', async () => {
  const today = await openPagerDuty()
  await today.enqueue()
  const tomorrow = await openPagerDuty()
  tomorrow.restore(JSON.parse(JSON.stringify(today.dump())))
  expect(tomorrow.world.pages()).toEqual(today.world.pages())
})

test('what people do with the phone is told by webhooks as PagerDuty writes them, signed', async () => {
  const heard: { text: string; signature: string }[] = []
  const hook = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    heard.push({ text: Buffer.concat(chunks).toString(), signature: String(req.headers['x-pagerduty-signature']) })
    res.end()
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void hook.close())
  const { enqueue, world, variables } = await openPagerDuty(`http://127.0.0.1:${(hook.address() as AddressInfo).port}`)
  await enqueue()

  world.acknowledge('incidents/42', 'PBEN002')
  world.passOn('incidents/42', 'reassigned', ['PANA001', 'PDMI004'])
  world.unacknowledge('incidents/42')
  world.resolve('incidents/42')

  await expect.poll(() => heard.length).toBe(4)
  const isWebhook = new Ajv().compile(statedWebhook)
  for (const { text, signature } of heard) {
    expect(isWebhook(JSON.parse(text)) || isWebhook.errors).toBe(true)
    const digest = createHmac('sha256', variables.PAGERDUTY_WEBHOOK_SECRET ?? '')
      .update(text)
      .digest('hex')
    expect(signature).toBe(`v1=${digest}`)
  }
  expect(heard.map(({ text }) => JSON.parse(text).event.event_type).toSorted()).toEqual([
    'incident.acknowledged',
    'incident.reassigned',
    'incident.resolved',
    'incident.unacknowledged',
  ])
})
