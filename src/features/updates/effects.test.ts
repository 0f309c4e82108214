/** Who hears of an update, and who does not. */
import { expect, test } from 'vitest'
import { exampleConfig, shippedTemplates } from '../../../tests/support/stage.ts'
import type { Effect } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import { slotsOf } from '../../core/slots.ts'
import type { About } from '../incidents/index.ts'
import { type Event, evolve, type Plan } from './domain.ts'
import { effects } from './effects.ts'
import { makeRules } from './rules.ts'

const now = new Date('2026-03-02T12:00:00.000Z')
const ground = { config: exampleConfig(), templates: shippedTemplates(), slots: slotsOf([]), publicUrl: () => '' }
const about: About = {
  title: 'Checkout is down',
  severity: 'P1',
  status: 'investigating',
  lead: 'U0ANA00001',
  communications: null,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: 'C0ROOM0001',
  declaredAt: '2026-03-02T12:00:00.000Z',
}
const posted: Event = {
  type: 'update.posted',
  incident: '42',
  number: 1,
  words: { known: 'keys were stolen', doing: '', needed: '' },
  nextAt: null,
  by: 'U0ANA00001',
  at: now.toISOString(),
}

function saidIn(more: Partial<About>, ...events: Event[]): string[] {
  const followed: Event = {
    type: 'updates.followed',
    incident: '42',
    about: { ...about, ...more },
    from: null,
    nextAt: null,
    isFresh: false,
  }
  const given = {
    id: '42',
    now,
    actor: { kind: 'person' as const, id: 'U0ANA00001' },
    policy: makeRules(ground as unknown as Ground),
  }
  let plan: Plan | null = null
  const all: Effect[] = []
  for (const event of [followed, ...events]) {
    plan = evolve(plan, event)
    all.push(...effects(plan, event, given))
  }
  return all.flatMap((effect) => (effect.kind === 'slack.say' ? [effect.to] : []))
}

test('an update is said in the channel and to those who only want to know', () => {
  expect(saidIn({}, posted)).toEqual(['incidents/42/channel', '#status-updates'])
})
test.each([{ isPrivate: true }, { isReal: false }])(
  'of one with %o nothing is said outside its channel, not even its end',
  (more) => {
    const over: Event = {
      type: 'updates.followed',
      incident: '42',
      about: { ...about, ...more, status: 'resolved' },
      from: { ...about, ...more },
      nextAt: null,
      isFresh: true,
    }

    expect(saidIn(more, posted, over)).toEqual(['incidents/42/channel'])
  },
)
test('without a channel it is said where incidents are announced; a private one is then said nowhere', () => {
  expect(saidIn({ hasChannel: false }, posted)).toEqual(['#incidents', '#status-updates'])
  expect(saidIn({ hasChannel: false, isPrivate: true }, posted)).toEqual([])
})
