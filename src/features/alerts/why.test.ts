import { expect, test } from 'vitest'
import { messageWords } from './why.ts'

const shown = { outbreak: { isShown: true } }
const delivery = { isPosted: true, closedAt: null, notBefore: '2026-03-02T12:00:07.000Z', error: null }

test('a message that has its turn later says until when, and what it waits for', () => {
  expect(messageWords(shown, { ...delivery, error: 'paced' })).toMatch(/waits for its turn until .*12:00.*one a second/)
  expect(messageWords(shown, { ...delivery, error: 'slack_unreachable' })).toContain(
    'waits to be delivered (slack⁠_⁠unreachable)',
  )
})

test('what was posted says when it was last right, and what was not posted says why', () => {
  const closedAt = '2026-03-02T12:00:03.000Z'
  expect(messageWords(shown, { ...delivery, closedAt })).toMatch(/brought up to date .*12:00/)
  expect(messageWords(shown, { ...delivery, closedAt, isPosted: false })).toContain('over before its turn in the storm')
  expect(messageWords({ outbreak: { isShown: false } }, null)).toBe('No message of it was posted.')
})
