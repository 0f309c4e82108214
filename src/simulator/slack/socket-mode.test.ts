import { SocketModeClient } from '@slack/socket-mode'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientOf, openSmallSlack, type SmallSlack, silent } from '../../../tests/support/small-slack.ts'

let slack: SmallSlack
const clients: SocketModeClient[] = []
beforeEach(async () => {
  slack = await openSmallSlack({ events: ['message.channels'] })
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()))
  await slack.close()
})

interface Envelope {
  ack(payload?: object): Promise<void>
  body: { command?: string; text?: string; event?: { text?: string } }
  retry_num?: number
}

async function connect(hear: (envelope: Envelope) => void): Promise<SocketModeClient> {
  const { env, socketEnv } = slack.simulator
  const client = new SocketModeClient({
    appToken: socketEnv.SLACK_APP_TOKEN ?? '',
    clientOptions: { slackApiUrl: env.SLACK_API_URL ?? '' },
    clientPingTimeout: 200,
    logger: silent,
  })
  client.on('slash_commands', hear)
  client.on('message', hear)
  clients.push(client)
  await client.start()
  return client
}

test('a command goes through the socket, and its answer comes back the same way', async () => {
  await connect(({ ack, body }) => void ack({ text: `you said ${body.text}` }))
  const ack = await slack.person('ana').type(slack.channelId('general'), '/inc checkout is down')
  expect(ack).toMatchObject({ outcome: 'ok', body: { text: 'you said checkout is down' } })
  expect(slack.lastMessage('general').text).toBe('you said checkout is down')
  expect(slack.bot.heard).toEqual([])
})

test('each delivery goes to one of the open sockets', async () => {
  const heard: string[] = []
  const hear = ({ ack, body }: Envelope) => {
    heard.push(body.text ?? '')
    void ack()
  }
  await connect(hear)
  await connect(hear)
  expect(slack.simulator.sockets.count()).toBe(2)
  const lines = Array.from({ length: 10 }, (_, n) => `${n}`)
  await Promise.all(lines.map((line) => slack.person('ana').type(slack.channelId('general'), `/inc ${line}`)))
  expect(heard.toSorted()).toEqual(lines)
})

test('an event that got lost with its socket is delivered again, and not by another way', async () => {
  const first = await connect(() => void first.disconnect())
  await slack.person('ana').type(slack.channelId('general'), 'hello')
  await expect.poll(() => slack.simulator.slack.deliveries.length).toBe(2)

  const heard: Pick<Envelope, 'body' | 'retry_num'>[] = []
  await connect(({ ack, ...envelope }) => {
    heard.push(envelope)
    void ack()
  })
  slack.clock.advance(60_000)
  await expect.poll(() => heard).toMatchObject([{ body: { event: { text: 'hello' } }, retry_num: 2 }])
  expect(slack.bot.heard).toEqual([])
})

test('a socket that was asked to reconnect gets nothing more, and the client comes back', async () => {
  const heard: string[] = []
  await connect(({ ack, body }) => {
    heard.push(body.text ?? '')
    void ack()
  })
  slack.simulator.sockets.refresh()
  expect(slack.simulator.sockets.count()).toBe(0)
  await expect.poll(() => slack.simulator.sockets.count(), { timeout: 5_000 }).toBe(1)
  await slack.person('ana').type(slack.channelId('general'), '/inc after')
  expect(heard).toEqual(['after'])
})

test('an address opens one socket, and an eleventh socket is turned away', async () => {
  const { env, socketEnv } = slack.simulator
  const ask = async () => String((await clientOf(env, socketEnv.SLACK_APP_TOKEN).apps.connections.open()).url)
  const first = await ask()
  expect(await firstWord(first)).toBe('hello')
  expect(await firstWord(first)).toBe('refused')
  for (let n = 1; n < 10; n += 1) expect(await firstWord(await ask())).toBe('hello')
  expect(await firstWord(await ask())).toBe('too_many_websockets')
})

function firstWord(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(address)
    socket.onmessage = ({ data }) => {
      const { type, reason } = JSON.parse(String(data)) as { type: string; reason?: string }
      resolve(reason ?? type)
    }
    socket.onerror = () => resolve('refused')
  })
}
