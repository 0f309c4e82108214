/** What those who decide read once a day. */
import { expect, test } from 'vitest'
import { exampleConfig, shippedTemplates } from '../../../tests/support/stage.ts'
import type { Ground } from '../../core/feature.ts'
import { slotsOf } from '../../core/slots.ts'
import { digestAggregate } from './digest.ts'
import { makeRules } from './rules.ts'

const rules = makeRules({
  config: exampleConfig(),
  templates: shippedTemplates(),
  slots: slotsOf([]),
  publicUrl: '',
  linkSecret: '',
} as unknown as Ground)
const now = new Date('2026-03-03T08:00:00.000Z')
const given = { id: '2026-03-03', now, actor: { kind: 'tocsin' as const, what: 'digest' }, policy: rules }
const told = [
  {
    title: 'Paying is slow',
    phase: 'resolved' as const,
    components: ['checkout'],
    startedAt: '2026-03-02T14:00:00.000Z',
  },
]

test('the digest says in a few lines what clients were told, to executives alone', () => {
  const decided = digestAggregate.decide(null, { type: 'digest.send', told }, given)
  if ('refused' in decided) throw new Error(decided.refused)
  const [sent] = decided
  if (!sent) throw new Error('nothing was sent')
  const effects = digestAggregate.effects(digestAggregate.evolve(null, sent), sent, given)
  expect(effects).toMatchObject([
    {
      kind: 'mail.send',
      to: ['leadership@example.com'],
      subject: 'What clients were told: 1 matter',
      text: expect.stringContaining('Paying is slow (Checkout): resolved, since 2026-03-02 14:00 UTC'),
    },
  ])
})

test('a day without news has none, and no day has two', () => {
  expect(digestAggregate.decide(null, { type: 'digest.send', told: [] }, given)).toEqual({ refused: 'nothing-told' })
  const sent = { id: '2026-03-03', told, at: now.toISOString() }
  expect(digestAggregate.decide(sent, { type: 'digest.send', told }, given)).toEqual({ refused: 'already-sent' })
})
