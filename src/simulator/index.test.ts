import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSmallSlack } from '../../tests/support/small-slack.ts'
import { movableClock } from '../lib/clock.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'simulator-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('yesterday’s world is still there: people, channels, messages, pins, App Home', async () => {
  const stateFile = path.join(folder, 'kept', 'simulator.json')
  const before = await openSmallSlack({ stateFile })
  const { channel } = await before.web.conversations.create({ name: 'inc-1' })
  const id = String(channel?.id)
  const metadata = { event_type: 'tocsin', event_payload: { key: 'x' } }
  const { ts } = await before.web.chat.postMessage({ channel: id, text: 'card', metadata })
  await before.web.pins.add({ channel: id, timestamp: String(ts) })
  await before.person('ana').join(id)
  await before.web.views.publish({
    user_id: before.person('ana').id,
    view: { type: 'home', blocks: [{ type: 'divider' }] },
  })
  await before.close()

  const after = await openSmallSlack({ stateFile })
  expect(after.lastMessage('inc-1')).toMatchObject({ ts, text: 'card', metadata })
  expect(after.simulator.slack.channels().find(({ name }) => name === 'inc-1')).toMatchObject({
    id,
    pins: [ts],
    members: ['U0TOCSIN01', 'U0ANA00001'],
  })
  expect(after.person('ana').home()?.blocks).toMatchObject([{ type: 'divider' }])
  await after.web.chat.update({ channel: id, ts: String(ts), text: 'card, edited' })
  const next = await after.web.conversations.create({ name: 'inc-2' })
  expect(next.channel?.id).not.toBe(id)
  await after.close()
})

test('a change is on the disk soon after, without waiting for the end', async () => {
  const stateFile = path.join(folder, 'soon.json')
  const slack = await openSmallSlack({ stateFile })
  await slack.web.chat.postMessage({ channel: slack.channelId('general'), text: 'kept at once' })
  await expect.poll(() => readFileSync(stateFile, 'utf8')).toContain('kept at once')
  await slack.close()
})

test('a file that cannot be read is put aside, and the world begins anew', async () => {
  const stateFile = path.join(folder, 'broken.json')
  writeFileSync(stateFile, '{"slack": {')
  const slack = await openSmallSlack({ stateFile })
  expect(slack.messages('general')).toEqual([])
  await slack.close()
  expect(readFileSync(`${stateFile}.unreadable`, 'utf8')).toBe('{"slack": {')
})

test('after a day that was moved ahead, new messages still come after the old ones', async () => {
  const stateFile = path.join(folder, 'ahead.json')
  const start = Date.parse('2026-11-20T12:00:00Z')
  const post = async (aheadMilliseconds: number) => {
    const clock = movableClock(() => start)
    clock.advance(aheadMilliseconds)
    const slack = await openSmallSlack({ stateFile, clock })
    const { ts } = await slack.web.chat.postMessage({ channel: slack.channelId('general'), text: 'x' })
    await slack.close()
    return String(ts)
  }
  const tomorrow = await post(86_400_000)
  expect((await post(0)) > tomorrow).toBe(true)
})

test('whoever looks on is told of every change, until they stop', async () => {
  const slack = await openSmallSlack()
  let changes = 0
  const stop = slack.simulator.onChange(() => {
    changes += 1
  })
  await slack.person('ana').type(slack.channelId('general'), 'hello')
  expect(changes).toBeGreaterThan(0)
  stop()
  const before = changes
  await slack.person('ana').type(slack.channelId('general'), 'hello again')
  expect(changes).toBe(before)
  await slack.close()
})

test('the variables make a bot talk to this simulator, and only the socket’s own makes it Socket Mode', async () => {
  const { simulator, close } = await openSmallSlack()
  expect(Object.keys(simulator.env)).toEqual(
    expect.arrayContaining([
      'SLACK_API_URL',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'PAGERDUTY_EVENTS_URL',
      'PAGERDUTY_ROUTING_KEY',
      'SMTP_URL',
      'MAIL_FROM',
    ]),
  )
  expect(Object.keys(simulator.socketEnv)).toEqual(['SLACK_APP_TOKEN'])
  await close()
})

test('an unknown path is answered, and a body that is too large refused', async () => {
  const { simulator, close } = await openSmallSlack()
  expect((await fetch(`${simulator.url}/nowhere`)).status).toBe(404)
  expect(
    (await fetch(`${simulator.url}/api/api.test`, { method: 'POST', body: 'x'.repeat(8 * 1024 * 1024 + 1) })).status,
  ).toBe(413)
  await close()
})
