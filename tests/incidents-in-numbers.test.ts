/** An incident among many hands: twenty at once, two opposite merges, and words that mean harm. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../src/core/db.ts'
import { newSubject, perform, type Spine } from '../src/core/perform.ts'
import { slotsOf } from '../src/core/slots.ts'
import { aggregate } from '../src/features/incidents/aggregate.ts'
import { sentence } from '../src/features/incidents/answers.ts'
import { openMergeForm, openResolveForm, openStatusForm } from '../src/features/incidents/forms.ts'
import type { Incident } from '../src/features/incidents/incident.ts'
import type { Rules } from '../src/features/incidents/rules.ts'
import {
  announcement,
  card,
  channelName,
  list,
  similarList,
  topic,
  twinMessage,
} from '../src/features/incidents/views.ts'
import { features } from '../src/features/index.ts'
import { systemClock } from '../src/main.ts'
import { findDifferences } from '../src/replay.ts'
import { findBlockProblems } from '../src/simulator/slack/block-rules.ts'
import { makeSpine } from '../src/spine.ts'
import { freshDatabase } from './support/database.ts'
import { exampleConfig, shippedTemplates } from './support/stage.ts'

const started = {} as { database: Database; spine: Spine; rules: Rules }
beforeAll(async () => {
  const database = await freshDatabase()
  const slots = slotsOf(features.flatMap((feature) => feature.fills ?? []))
  const given = { config: exampleConfig(), templates: shippedTemplates(), slots, publicUrl: '', linkSecret: 'x' }
  const { spine } = makeSpine({ db: database.db, clock: systemClock, wake: () => {}, ...given })
  Object.assign(started, { database, spine, rules: spine.policyOf('incidents') })
})
afterAll(() => started.database.close())

const by = (person: string, cause: string) => ({ actor: { kind: 'person', id: person }, cause }) as const

async function declare(title: string): Promise<string> {
  const command = { type: 'incident.declare', title, severity: 'P4', despiteTwin: true } as const
  const { id } = await perform(started.spine, aggregate, newSubject, command, by('U1', `declare/${title}`))
  return id
}

async function stateOf(id: string): Promise<Incident> {
  const found = await aggregate.load(started.database.db, id)
  if (!found) throw new Error(`there is no INC-${id}`)
  return found
}

test('twenty people press «Take lead» at once: one leads, and nineteen read who was first', async () => {
  const id = await declare('everybody wants to lead')
  const people = Array.from({ length: 20 }, (_, n) => `U${n}`)
  const outcomes = await Promise.all(
    people.map((to) =>
      perform(started.spine, aggregate, id, { type: 'incident.giveLead', to, onlyIfFree: true }, by(to, `lead/${to}`)),
    ),
  )
  const { lead } = await stateOf(id)
  const refused = outcomes.flatMap((outcome) => ('refused' in outcome ? [sentence(outcome)] : []))
  expect(people).toContain(lead)
  expect(refused).toHaveLength(19)
  for (const { tell } of refused) expect(tell?.text).toContain(`<@${lead}> was first, and leads it.`)
})

test('merged into each other at once, one of them goes on', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [a, b] = [await declare(`one ${round}`), await declare(`other ${round}`)]
    const merge = (from: string, into: string) =>
      perform(started.spine, aggregate, from, { type: 'incident.merge', into }, by('U1', `merge/${from}/${into}`))
    const outcomes = await Promise.all([merge(a, b), merge(b, a)])
    const states = [await stateOf(a), await stateOf(b)].map(({ status }) => status)
    expect(states.toSorted()).toEqual(['investigating', 'merged'])
    expect(outcomes.filter((outcome) => 'refused' in outcome && outcome.refused === 'no-such-target')).toHaveLength(1)
  }
  expect(await findDifferences(started.database.db)).toEqual([])
})

const hostile = fc.oneof(
  fc.constantFrom(
    '<!channel> <@UEVIL> <https://evil.example|click>',
    '*bold* _it_ `code` ```fence``` ~gone~ >quote',
    '\u202egnisrever\u202c \u200b\u200b \ufeff',
    '🔥'.repeat(100),
    '& &amp; &lt;!here&gt;',
    '"'.repeat(200),
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
)

describe('whatever an incident is called', () => {
  test('its card, announcement, lists and forms are what Slack takes, and mention nobody', async () => {
    const plain = await stateOf(await declare('a plain one'))
    const { rules } = started
    fc.assert(
      fc.property(hostile, hostile, (title, words) => {
        const incident = { ...plain, title, summary: words, impact: words, resolution: words, service: words }
        const messages = [
          card(incident, rules),
          card({ ...incident, status: 'resolved' }, rules),
          announcement(incident, rules),
          list([incident, incident], ''),
          similarList([incident]),
          twinMessage(incident, { title, severity: null, service: null, startedAt: null, source: null, notice: null }),
        ]
        for (const { text, blocks } of messages) {
          expect(findBlockProblems(blocks ?? [], 'message')).toEqual([])
          expect([text, ...markupIn(blocks)].join('\n')).not.toMatch(/<!channel|<!here|<@UEVIL|<https:\/\/evil/)
        }
        const forms = [
          openStatusForm(incident),
          openResolveForm(incident, [words], { summary: words, wantsDataLoss: true }),
          openMergeForm(plain, [incident]),
        ]
        for (const form of forms) expect(findBlockProblems(form?.blocks ?? [], 'modal')).toEqual([])
        expect(channelName(incident, rules)).toMatch(/^inc-\d+[\p{Ll}\p{N}_-]*$/u)
        expect(topic(incident).length).toBeLessThanOrEqual(250)
      }),
      { numRuns: 300 },
    )
  })
})

/** What Slack reads as markup; plain text, as in a header, mentions nobody whatever it says. */
function markupIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markupIn)
  if (typeof value !== 'object' || value === null) return []
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : []
  return [...own, ...Object.values(value).flatMap(markupIn)]
}
