import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Bench, benches, channelId, messagesIn } from '../../../tests/support/slack-adapter.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})
// After the above: what is registered last runs first, and the bot goes before its Slack.
const open = benches()

const bothUp = async ({ slack, simulator }: Bench) => {
  await expect.poll(() => [slack.connections(), simulator.sockets.count()], { timeout: 5_000 }).toEqual([2, 2])
}
const typeBell = (bench: Bench) => bench.simulator.slack.person('ana').type(channelId(bench, 'incidents'), '/bell ring')

test('without an address that Slack can reach, two sockets carry what people do', async () => {
  const bench = await open({ isSocketMode: true })
  await bothUp(bench)

  const ack = await typeBell(bench)

  expect(ack.outcome).toBe('ok')
  expect(await bench.slack.hear(bench.kept[0]?.body ?? '')).toMatchObject({
    kind: 'command',
    command: '/bell',
    text: 'ring',
  })
})

test('a request to /slack/events is refused in Socket Mode: nobody could have signed it', async () => {
  const bench = await open({ isSocketMode: true })

  expect(await bench.slack.receive({ headers: {}, rawBody: Buffer.from('{}') })).toEqual({ status: 401 })
})

test('the same delivery through both sockets is kept once', async () => {
  const bench = await open({ isSocketMode: true })
  await bothUp(bench)
  bench.simulator.slack.faults.deliverTimes = 4

  await typeBell(bench)

  await expect.poll(() => bench.kept.length).toBe(1)
})

test('while the database is away, the answer in the acknowledgement says so', async () => {
  const bench = await open({ isSocketMode: true, accept: () => Promise.reject(new Error('no database')) })
  await bothUp(bench)

  await typeBell(bench)

  expect(messagesIn(bench, 'incidents').at(-1)?.text).toContain('nothing was done')
})

test('when Slack asks for new sockets, people go on as before', async () => {
  const bench = await open({ isSocketMode: true })
  await bothUp(bench)

  bench.simulator.sockets.refresh()
  await bothUp(bench)

  expect((await typeBell(bench)).outcome).toBe('ok')
})

test('a wrong app token is an error at the start, and says which variable to mend', async () => {
  const bench = await open({ isSocketMode: true, appToken: 'xapp-wrong', isStarted: false })

  await expect(bench.slack.start()).rejects.toThrow(/SLACK_APP_TOKEN.*connections:write/)
})

test('a wrong bot token is an error at the start, and says which variable to mend', async () => {
  const bench = await open({ botToken: 'xoxb-wrong', isStarted: false })

  await expect(bench.slack.start()).rejects.toThrow(/SLACK_BOT_TOKEN.*invalid_auth/)
})

test('a start while Slack is away succeeds, and the sockets open when it is back', async () => {
  const bench = await open({ isSocketMode: true, isStarted: false })
  bench.simulator.slack.faults.mode = 'down'

  await bench.slack.start()
  expect(bench.slack.connections()).toBe(0)
  bench.simulator.slack.faults.mode = 'up'

  await bothUp(bench)
})

test('stopping closes the sockets', async () => {
  const bench = await open({ isSocketMode: true })
  await bothUp(bench)

  await bench.slack.stop()

  await expect.poll(() => bench.simulator.sockets.count()).toBe(0)
})

test('sockets that break are opened again within seconds', async () => {
  const { bench, sockets } = await openAgainstBareSlack()
  await expect.poll(() => bench.slack.connections()).toBe(2)
  const broken = sockets()

  for (const socket of broken) socket.terminate()

  await expect.poll(() => sockets().filter((socket) => !broken.includes(socket)).length, { timeout: 5_000 }).toBe(2)
  await expect.poll(() => bench.slack.connections()).toBe(2)
})

test('a socket that Slack wants back is given up only when its successor is open', async () => {
  const { bench, sockets } = await openAgainstBareSlack()
  await expect.poll(() => bench.slack.connections()).toBe(2)
  const old = sockets()
  const openAtClose: number[] = []
  for (const socket of old) socket.on('close', () => openAtClose.push(sockets().length))

  for (const socket of old) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))

  await expect.poll(() => openAtClose.length).toBe(2)
  expect(Math.min(...openAtClose)).toBeGreaterThanOrEqual(2)
  await expect.poll(() => bench.slack.connections()).toBe(2)
})

test('an envelope without an event, which Slack sends when it holds events back, is acknowledged and ends nothing', async () => {
  const { bench, sockets, acks } = await openAgainstBareSlack()
  await expect.poll(() => bench.slack.connections()).toBe(2)

  sockets()[0]?.send(
    JSON.stringify({ envelope_id: 'E1', type: 'events_api', payload: { type: 'app_rate_limited', team_id: 'T1' } }),
  )

  await expect.poll(acks).toEqual([{ envelope_id: 'E1', payload: {} }])
  expect(bench.slack.connections()).toBe(2)
  expect(bench.logged.join('')).toContain('holds back events')
})

test.each(['no JSON', '[]', '{"envelope_id":"E1"}', '{"type":"something_new"}'])(
  '%s from a socket is ignored',
  async (text) => {
    const { bench, sockets, acks } = await openAgainstBareSlack()
    await expect.poll(() => bench.slack.connections()).toBe(2)

    for (const socket of sockets()) socket.send(text)
    sockets()[0]?.send(JSON.stringify({ envelope_id: 'E2', type: 'interactive', payload: { type: 'view_closed' } }))

    await expect.poll(acks).toEqual([{ envelope_id: 'E2', payload: {} }])
  },
)

test('what could not be kept is not acknowledged, so that Slack sends it again', async () => {
  const { bench, sockets, acks } = await openAgainstBareSlack({
    accept: () => Promise.reject(new Error('no database')),
  })
  await expect.poll(() => bench.slack.connections()).toBe(2)
  const event = { type: 'event_callback', event_id: 'Ev1', event: { type: 'app_mention', user: 'U1' } }

  sockets()[0]?.send(JSON.stringify({ envelope_id: 'E1', type: 'events_api', payload: event }))
  sockets()[0]?.send(JSON.stringify({ envelope_id: 'E2', type: 'interactive', payload: { type: 'view_closed' } }))

  await expect.poll(acks).toEqual([{ envelope_id: 'E2', payload: {} }])
})

/** As little of Slack as Socket Mode needs, with its sockets in the test's hands. */
async function openAgainstBareSlack(options: Parameters<typeof open>[0] = {}) {
  const acks: unknown[] = []
  const server = http.createServer((req, res) => {
    const { port } = server.address() as AddressInfo
    const isOpening = req.url?.endsWith('apps.connections.open')
    const who = { ok: true, team_id: 'T1', user_id: 'U0BOT', bot_id: 'B0BOT' }
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(isOpening ? { ok: true, url: `ws://127.0.0.1:${port}/` } : who))
  })
  const hub = new WebSocketServer({ server })
  hub.on('connection', (socket) => {
    socket.on('message', (data) => acks.push(JSON.parse(String(data))))
    socket.send(JSON.stringify({ type: 'hello' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    for (const socket of hub.clients) socket.terminate()
    hub.close()
    server.close()
    server.closeAllConnections()
  })
  const bench = await open({
    isSocketMode: true,
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    ...options,
  })
  return { bench, sockets: (): WebSocket[] => [...hub.clients], acks: () => acks }
}
