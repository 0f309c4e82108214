/** Nothing that was not meant for clients reaches them: over every template, audience, medium and language. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleConfig, shippedTemplates } from '../../../tests/support/stage.ts'
import type { Effect } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import { slotsOf } from '../../core/slots.ts'
import type { About } from '../incidents/index.ts'
import { decide, type Event, evolve, openPost, type Story } from './domain.ts'
import { effects } from './effects.ts'
import { moments } from './moments.ts'
import { declassify, type PublicFacts } from './public.ts'
import { makeRules } from './rules.ts'
import { sampleFacts } from './samples.ts'

const now = new Date('2026-03-02T12:00:00.000Z')
const canary = 'CANARY'
const config = exampleConfig((example) =>
  example
    .replace('  locales: [en]', '  locales: [en, de]')
    .replace(
      '  audiences:',
      `  audiences:
    clients-en: { kind: client, locale: en, slack: ["#clients-en"], mail: [en@example.com] }
    clients-de: { kind: client, locale: de, slack: ["#clients-de"], mail: [de@example.com] }
    brief-de: { kind: executive, locale: de, slack: ["#brief-de"], mail: [brief@example.com] }`,
    )
    .replace('  webhooks: {}', '  webhooks: { gateway: { url: "https://example.com/hook", secretVariable: GATEWAY } }'),
)
const ground = {
  config,
  templates: shippedTemplates(),
  slots: slotsOf([]),
  publicUrl: 'https://tocsin.example.com',
  linkSecret: canary,
}
const rules = makeRules(ground as unknown as Ground)

/** All of an incident that this feature is told, and none of it for clients. */
const about: About = {
  title: `${canary} title`,
  severity: 'P1',
  status: 'investigating',
  lead: `U${canary}1`,
  communications: `U${canary}2`,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: `C${canary}`,
  declaredAt: '2026-03-02T11:00:00.000Z',
}

/** Written by one, approved by another: what goes out for it. */
function published(
  moment: string,
  facts: PublicFacts,
  of: About = about,
): { events: readonly Event[]; out: readonly Effect[] } {
  const person = (id: string) => ({ id: '42', now, actor: { kind: 'person' as const, id }, policy: rules })
  let story: Story | null = null
  const out: Effect[] = []
  const all: Event[] = []
  const play = (command: Parameters<typeof decide>[1], by: string) => {
    const decided = decide(story, command, person(by))
    if ('refused' in decided) throw new Error(`${moment}: ${JSON.stringify(decided)}`)
    for (const event of decided) {
      story = evolve(story, event)
      all.push(event)
      out.push(...effects(story, event, person(by)))
    }
  }
  const send = (which: string, said: PublicFacts) => {
    play({ type: 'comms.write', basedOn: null, moment: which, facts: said }, `U${canary}3`)
    const post = story && openPost(story)
    if (!post) throw new Error('nothing was written')
    const { number, hash } = post
    play({ type: 'comms.askForChanges', post: number, remark: `${canary} remark` }, `U${canary}4`)
    play({ type: 'comms.approve', post: number, hash, mayDisclose: true, thenPublish: true }, `U${canary}4`)
  }
  play({ type: 'comms.follow', about: of, publicId: 'k3x9k3x9k3x9' }, `U${canary}5`)
  // A correction needs something to correct.
  send('incident-first-confirmed', sampleFacts(now))
  if (moment !== 'incident-first-confirmed') send(moment, facts)
  return { events: all, out }
}

/** What leaves the house: to clients' channels, by e-mail, to machines. The rest is ours. */
function forClients(out: readonly Effect[]): Effect[] {
  return out.filter((effect) => {
    if (effect.kind === 'mail.send' || effect.kind === 'webhook.send') return true
    return effect.kind === 'slack.show' && /^#(clients|brief)/.test(effect.to)
  })
}

const words = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abc äß Z.<&*_') })
const someFacts = fc
  .record({
    name: words,
    regions: words,
    symptom: words,
    workaround: words,
    correction: words,
    lost: words,
    state: fc.constantFrom('none' as const, 'some' as const, 'unknown' as const),
  })
  .map(
    ({ name, regions, symptom, workaround, correction, lost, state }): PublicFacts => ({
      ...sampleFacts(now),
      name: declassify(`n${name}`),
      regions: declassify(regions),
      symptom: declassify(`s${symptom}`),
      workaround: declassify(`w${workaround}`),
      correction: declassify(`c${correction}`),
      dataLoss: { state, words: declassify(lost) },
      components: ['checkout'],
    }),
  )

test.each(moments.map(({ name }) => name))(
  '%s carries no private fact to any client, in any medium or language',
  (name) => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const out = forClients(published(name, facts).out)
        const media = new Set(out.map(({ kind }) => kind))
        expect(media).toEqual(new Set(['slack.show', 'mail.send', 'webhook.send']))
        // What is done when it cannot be delivered stays in the house; the rest goes out.
        for (const effect of out)
          expect(JSON.stringify({ ...effect, whenGivenUp: null })).not.toMatch(/CANARY|INC-|"42"/)
      }),
      { numRuns: 12 },
    )
  },
)

test('every fact came through the door, and the journal says by whom', () => {
  const { events } = published('incident-identified', sampleFacts(now))
  const written = events.filter((event) => event.type === 'comms.written')
  const declassified = events.filter((event) => event.type === 'comms.declassified')
  expect(written.map(({ facts }) => facts)).toEqual(declassified.map(({ facts }) => facts))
  expect(declassified.every(({ by }) => by === `U${canary}3`)).toBe(true)
})

test('only the form for clients leads through the door; beside it stand made-up facts to look at templates with', () => {
  const folder = 'src/features'
  const through = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /\bdeclassify\(/.test(readFileSync(`${folder}/${file}`, 'utf8')))
  expect(through.toSorted()).toEqual(['comms/forms.ts', 'comms/public.ts', 'comms/samples.ts'])
})

test('of a private incident no audience reads more than clients do', () => {
  const { out } = published('incident-identified', sampleFacts(now), { ...about, isPrivate: true })
  const read = out.filter((effect) => 'to' in effect && typeof effect.to === 'string' && effect.to.startsWith('#'))
  expect(read.length).toBeGreaterThan(0)
  for (const effect of read) expect(JSON.stringify(effect)).not.toMatch(/CANARY|INC-/)
})

test('the compiler lets no other text in', () => {
  const facts: PublicFacts = {
    ...sampleFacts(now),
    // @ts-expect-error: an incident's title is not public, whatever it says.
    name: about.title,
  }
  expect(facts.name).toBe(about.title)
})
