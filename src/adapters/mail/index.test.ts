import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { movableClock } from '../../lib/clock.ts'
import { type RunningMailbox, startMailbox } from '../../simulator/mailbox.ts'
import { createMailer } from './index.ts'

const state = {} as { box: RunningMailbox }
beforeAll(async () => {
  state.box = await startMailbox({ clock: movableClock(Date.now), changed: () => {} })
})
afterAll(() => state.box.close())
beforeEach(() => {
  state.box.mailbox.mode = 'up'
})

const now = new Date()
const send = (subject: string, text: string, url = state.box.mailbox.url) =>
  createMailer({ url, from: 'tocsin@example.com' }).deliver({
    id: '7',
    effect: { kind: 'mail.send', to: ['ana@example.com', 'ben@example.com'], subject, text },
    attempt: 1,
    isInDoubt: false,
    decidedAt: now,
    now,
    observed: null,
    signal: new AbortController().signal,
  })

test('a mail arrives as it was written, whatever letters it has', async () => {
  await send('[P1] Größe – 🔥', 'Line one\n.\nLine «three»')
  expect(state.box.mailbox.mails().at(-1)).toMatchObject({ to: ['ana@example.com', 'ben@example.com'], subject: '[P1] Größe – 🔥', text: 'Line one\n.\nLine «three»' })
})

test.each([
  ['refuse', { outcome: 'never', code: 'smtp_550' }],
  ['later', { outcome: 'again', code: 'smtp_451' }],
  ['down', { outcome: 'again', isOutage: true }],
] as const)('a server that says %s', async (mode, expected) => {
  state.box.mailbox.mode = mode
  await expect(send('x', 'y')).rejects.toMatchObject(expected)
})

test('a server that is not there is an outage', async () => {
  await expect(send('x', 'y', 'smtp://127.0.0.1:1')).rejects.toMatchObject({ outcome: 'again', isOutage: true })
})
