/** Who is reminded, and where. */
import { expect, test } from 'vitest'
import { exampleConfig, shippedTemplates } from '../../../tests/support/stage.ts'
import type { Ground } from '../../core/feature.ts'
import { slotsOf } from '../../core/slots.ts'
import type { About } from '../incidents/index.ts'
import { type Board, type Event, evolve } from './domain.ts'
import { effects } from './effects.ts'
import { makeRules } from './rules.ts'

const now = new Date('2026-03-02T12:00:00.000Z')
const at = now.toISOString()
const ground = { config: exampleConfig(), templates: shippedTemplates(), slots: slotsOf([]), publicUrl: () => '' }
const about: About = {
  title: 'Checkout is down',
  severity: 'P1',
  status: 'investigating',
  lead: null,
  communications: null,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: 'C0ROOM0001',
  declaredAt: '2026-03-02T12:00:00.000Z',
}

/** Where a reminder of a task that is due is said, and what it says. */
function reminderOf(more: Partial<About>, owner: string | null): { to: string; text: string }[] {
  const events: Event[] = [
    { type: 'tasks.followed', incident: '42', about: { ...about, ...more } },
    {
      type: 'task.added',
      incident: '42',
      number: 1,
      kind: 'task',
      text: 'rotate keys',
      owner,
      dueAt: at,
      source: null,
      by: owner,
      at,
    },
  ]
  const reminded: Event = { type: 'task.reminded', incident: '42', number: 1, time: 1, of: 3, at }
  const board = evolve(events.reduce<Board | null>(evolve, null), reminded)
  const given = {
    id: '42',
    now,
    actor: { kind: 'timer' as const, key: 'k', lateSeconds: 0 },
    policy: makeRules(ground as unknown as Ground),
  }
  return effects(board, reminded, given).flatMap((effect) =>
    effect.kind === 'slack.say' ? [{ to: effect.to, text: effect.message.text }] : [],
  )
}

test('whoever has it is reminded directly', () => {
  expect(reminderOf({}, 'U0BEN00002')).toMatchObject([{ to: '@U0BEN00002' }])
})
test('without an owner, everybody in the channel is asked', () => {
  const [asked] = reminderOf({}, null)
  expect(asked?.to).toBe('incidents/42/channel')
  expect(asked?.text).toContain('Nobody has it yet')
})
test('of a private incident it is said in its channel, by name, and nowhere else', () => {
  const [asked, ...others] = reminderOf({ isPrivate: true }, 'U0BEN00002')
  expect(asked?.to).toBe('incidents/42/channel')
  expect(asked?.text).toContain('<@U0BEN00002>')
  expect(others).toEqual([])
})
