import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createTryPage } from './api.ts'
import { smallWorld } from './small-world.ts'
import type { TryState } from './state.ts'

const ana = 'U000000ANA'
const incidents = 'C0000000001'

const hook = {
  source: 'generic',
  label: 'Generic alert',
  does: 'alerts' as const,
  fire: async (variant: string) => ({ status: 200, body: `{"accepted":${variant === 'storm' ? 50 : 1}}` }),
}

describe('the page', () => {
  test('comes with its scripts and styles, and headers under which nothing foreign runs', async () => {
    const at = await serve()
    const response = await fetch(at.url)
    const html = await response.text()

    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=|https?:\/\//)
    for (const [, file] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect([file, (await fetch(at.url + file)).status]).toEqual([file, 200])
    }
  })

  test('says what else runs here', async () => {
    const at = await serve()
    expect((await at.stateOf('ana')).around).toEqual(['checkout runs v142 and is broken'])
  })

  test('is not sent again while it is the same', async () => {
    const at = await serve()
    const etag = (await fetch(at.url)).headers.get('etag') ?? ''

    expect((await fetch(at.url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test.each(['/try/api.ts', '/try/..%2fapi.ts', '/try/%2e%2e/api.ts', '/try/page/app.js', '/try/nothing'])(
    'gives no other file: %s',
    async (path) => {
      const at = await serve()
      expect((await fetch(at.url + path)).status).toBe(404)
    },
  )

  test('leaves other paths to others', async () => {
    const at = await serve()
    expect((await fetch(`${at.url}/healthz`)).headers.get('x-handled')).toBe('no')
    expect((await fetch(`${at.url}/tryout`)).headers.get('x-handled')).toBe('no')
  })

  test('can only be read', async () => {
    const at = await serve()
    const response = await fetch(at.url, { method: 'POST' })

    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('the state', () => {
  test('shows what this person may see, and nothing that is for others', async () => {
    const at = await serve()
    const state = await at.stateOf('ana')

    expect(state.me.id).toBe(ana)
    expect(state.channels.map((channel) => channel.name)).toEqual(['incidents'])
    expect(state.open?.messages.map((message) => message.text)).toEqual([
      'for everybody',
      'for ana',
      'hello <@U000000ANA>',
      'a reply',
    ])
    expect(state.commands).toEqual([{ command: '/inc', description: 'Run an incident', hint: '<what is wrong>' }])
  })

  test('shows a guest only the channels that the guest is in', async () => {
    const at = await serve()
    expect((await at.stateOf('gus')).channels).toEqual([])
    expect((await at.stateOf('gus')).open).toBeNull()
  })

  test('counts the messages and the mentions, not the replies in threads', async () => {
    const at = await serve()
    const [channel] = (await at.stateOf('ana')).channels

    expect(channel).toMatchObject({ messages: 3, mentions: 1, isMember: true })
  })

  test('gives the newest messages with their threads, and says how many came before', async () => {
    const at = await serve()
    const newest = await at.stateOf('ana', '&limit=1')
    const withThread = await at.stateOf('ana', '&limit=1&thread=1.000001')

    expect(newest.open?.messages.map((message) => message.ts)).toEqual(['1.000005'])
    expect(newest.open?.earlier).toBe(2)
    expect(withThread.open?.messages.map((message) => message.ts)).toEqual(['1.000001', '1.000005', '1.000006'])
  })

  test.each(['olga', 'tocsin', ''])('refuses to be "%s" and says who one can be', async (name) => {
    const at = await serve()
    const response = await fetch(`${at.url}/try/api/state?as=${name}`)

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: `There is no person "${name}" to be. The people here are ana, gus.`,
    })
  })
})

describe('acting', () => {
  test('is done by the hands of that person', async () => {
    const at = await serve()
    const response = await at.act({ as: 'ana', do: 'type', channel: incidents, line: '/inc checkout returns 500s' })

    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ack: { outcome: 'ok' } })
    expect(at.world.done).toEqual([`ana type ${incidents} /inc checkout returns 500s`])
  })

  test('on a message reaches that message', async () => {
    const at = await serve()
    await at.act({ as: 'ana', do: 'react', channel: incidents, ts: '1.000005', emoji: 'eyes' })

    expect(at.world.done).toEqual(['ana react 1.000005 eyes'])
  })

  test.each([
    ['a message that is gone', { as: 'ana', do: 'react', channel: incidents, ts: '1.000004', emoji: 'eyes' }],
    [
      'a message that only another person sees',
      { as: 'ana', do: 'react', channel: incidents, ts: '1.000003', emoji: 'eyes' },
    ],
    [
      'a channel that this person cannot see',
      { as: 'gus', do: 'react', channel: incidents, ts: '1.000005', emoji: 'eyes' },
    ],
  ])('is refused on %s', async (_what, body) => {
    const at = await serve()
    const response = await at.act(body)

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'That message is gone, or you cannot see it.' })
    expect(at.world.done).toEqual([])
  })

  test('that cannot be done is refused in the words of the simulator', async () => {
    const at = await serve()
    const response = await at.act({ as: 'ana', do: 'click', channel: incidents, ts: '1.000005', label: 'Take lead' })

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'There is no button «Take lead» on that message.' })
  })

  test.each([
    ['what cannot be done at all', { as: 'ana', do: 'fly' }],
    ['an empty line', { as: 'ana', do: 'type', channel: incidents, line: '' }],
    ['nobody', { do: 'openHome' }],
    ['an unknown person', { as: 'olga', do: 'openHome' }],
    ['the bot', { as: 'tocsin', do: 'openHome' }],
    ['a number', 42],
    ['nothing', null],
    ['a list', []],
  ])('refuses %s with a sentence', async (_what, body) => {
    const at = await serve()
    const response = await at.act(body)

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w+ \w+/) })
    expect(at.world.done).toEqual([])
  })
})

describe('what happens around Slack', () => {
  test('an alert fires, and the answer of the bot comes back', async () => {
    const at = await serve()
    const response = await at.happen({ do: 'fire', source: 'generic', variant: 'storm' })

    expect(await response.json()).toEqual({ hook: { status: 200, body: '{"accepted":50}' } })
  })

  test('a source that is not there is refused with those that are', async () => {
    const at = await serve()
    const response = await at.happen({ do: 'fire', source: 'nagios', variant: 'firing' })

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'There is no source "nagios". Use one of: generic.' })
  })

  test('a sender does only what its kind can do', async () => {
    const at = await serve()
    const response = await at.happen({ do: 'fire', source: 'generic', variant: 'silence' })

    expect(await response.json()).toEqual({
      error: 'Generic alert knows no "silence". Use one of: firing, resolved, storm.',
    })
  })

  test('Slack goes down and comes back', async () => {
    const at = await serve()
    await at.happen({ do: 'switch', service: 'slack', to: 'down' })
    expect((await at.stateOf('ana')).modes).toEqual({ slack: 'down', pagerduty: 'up' })

    await at.happen({ do: 'switch', service: 'slack', to: 'up' })
    expect((await at.stateOf('ana')).modes.slack).toBe('up')
  })

  test('PagerDuty is slow or down by a switch of its own', async () => {
    const at = await serve()
    for (const to of ['slow', 'down', 'up']) {
      await at.happen({ do: 'switch', service: 'pagerduty', to })
      expect((await at.stateOf('ana')).modes).toEqual({ slack: 'up', pagerduty: to })
    }
    expect((await at.happen({ do: 'switch', service: 'github', to: 'down' })).status).toBe(400)
  })

  test('the clock moves by whole minutes, a week at most, and never back', async () => {
    const at = await serve()
    await at.happen({ do: 'advance', minutes: 5 })
    expect((await at.stateOf('ana')).now).toBe('2026-11-20T12:05:00.000Z')

    for (const minutes of [-1, 0, 0.5, 7 * 24 * 60 + 1, '5']) {
      expect((await at.happen({ do: 'advance', minutes })).status).toBe(400)
    }
    expect((await at.stateOf('ana')).now).toBe('2026-11-20T12:05:00.000Z')
  })

  test('somebody takes up the phone', async () => {
    const at = await serve()
    await at.happen({ do: 'acknowledge-page', key: 'incidents/42' })
    expect(at.world.done).toEqual(['acknowledge incidents/42'])

    expect((await at.happen({ do: 'acknowledge-page', key: 'incidents/43' })).status).toBe(400)
  })
})

describe('what is sent', () => {
  test('is refused from another site', async () => {
    const at = await serve()
    const body = { do: 'switch', service: 'slack', to: 'down' }

    expect((await at.happen(body, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await at.happen(body, { origin: 'null' })).status).toBe(403)
    expect((await at.happen(body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await at.happen(body, { 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await at.stateOf('ana')).modes.slack).toBe('up')
  })

  test('is taken from the page, even where a proxy changed the address', async () => {
    const at = await serve()
    const body = { do: 'switch', service: 'slack', to: 'up' }

    expect((await at.happen(body, { origin: at.url })).status).toBe(200)
    expect((await at.happen(body, { origin: 'https://try.example', 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  test.each(['', '{', 'do=switch', '\u0000'])('is refused when it is no JSON: %j', async (body) => {
    const at = await serve()
    const response = await at.post('/try/api/act', body)

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'The body is not JSON.' })
  })

  test('is refused in the shape that a form of another site could send', async () => {
    const at = await serve()
    expect((await at.post('/try/api/world', '{"do":"switch"}', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('is refused above one MiB, and taken just below', async () => {
    const at = await serve()
    const line = 'x'.repeat(1024 * 1024)

    expect((await at.act({ as: 'ana', do: 'type', channel: incidents, line })).status).toBe(413)
    expect(
      (await at.post('/try/api/act', JSON.stringify({ as: 'ana', do: 'closeModal' }).padEnd(1024 * 1024))).status,
    ).toBe(200)
  })

  test('to a wrong address or in a wrong way is told what would be right', async () => {
    const at = await serve()
    expect((await at.post('/try/api/nothing', '{}')).status).toBe(404)
    expect((await fetch(`${at.url}/try/api/act`)).headers.get('allow')).toBe('POST')
    expect((await at.post('/try/api/state', '{}')).headers.get('allow')).toBe('GET')
  })
})

describe('the news', () => {
  test('of many changes at once is told once, to every page that is open', async () => {
    const at = await serve()
    const pages = await Promise.all([at.listen(), at.listen()])

    for (let change = 0; change < 50; change += 1) at.world.change()

    for (const heard of pages) await expect.poll(() => heard.changes()).toBe(1)
    at.world.change()
    for (const heard of pages) await expect.poll(() => heard.changes()).toBe(2)
  })

  test('ends when the page is closed, so that the server can stop', async () => {
    const at = await serve()
    const heard = await at.listen()

    at.page.close()

    await expect.poll(() => heard.hasEnded()).toBe(true)
  })
})

/** The page of a world of its own, over real HTTP, and the ways to talk to it. */
async function serve() {
  const world = smallWorld()
  const page = createTryPage({ simulator: world, hooks: [hook], around: () => ['checkout runs v142 and is broken'] })
  const server = http.createServer(async (req, res) => {
    const isHandled = await page.handle(req, res)
    if (!isHandled) res.writeHead(404, { 'x-handled': 'no' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    page.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const post = (path: string, body: string, headers: Record<string, string> = {}) => send(url + path, body, headers)
  return {
    world,
    page,
    url,
    post,
    act: (body: unknown) => post('/try/api/act', JSON.stringify(body)),
    happen: (body: unknown, headers = {}) => post('/try/api/world', JSON.stringify(body), headers),
    listen: () => listen(url),
    async stateOf(as: string, more = ''): Promise<TryState> {
      const response = await fetch(`${url}/try/api/state?as=${as}&channel=${incidents}${more}`)
      return (await response.json()) as TryState
    },
  }
}

/** With node:http, since fetch writes some headers of a browser by itself. */
function send(address: string, body: string, headers: Record<string, string>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
    const req = http.request(address, options, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => {
        const answer = { status: res.statusCode ?? 0, headers: res.headers as Record<string, string> }
        resolve(new Response(Buffer.concat(chunks), answer))
      })
    })
    req.on('error', reject)
    req.end(body)
  })
}

async function listen(url: string) {
  const state = { text: '', hasEnded: false }
  const response = await fetch(`${url}/try/api/events`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reading = (async () => {
    for await (const chunk of response.body ?? []) state.text += Buffer.from(chunk).toString()
    state.hasEnded = true
  })()
  reading.catch(() => {})
  return { changes: () => state.text.split('event: changed').length - 1, hasEnded: () => state.hasEnded }
}
