/**
 * The digest: once a day, those who decide read what clients were told since the last one. A day on which nothing was
 * published has none. What it said stands in the journal and nowhere else, so its state is read from there.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Decision, Given } from '../../core/decision.ts'
import type { Effect, Instant } from '../../core/effects.ts'
import type { CalendarWork } from '../../core/feature.ts'
import { type Aggregate, perform } from '../../core/perform.ts'
import type { Scheduled } from '../../core/schedule.ts'
import { section } from '../../lib/blocks.ts'
import type { CommsConfig } from './config.ts'
import { forHtml, forSlack } from './media.ts'
import type { Phase } from './moments.ts'
import { readPublished } from './published.ts'
import { renderDigest } from './rendering.ts'
import type { Audience, Rules } from './rules.ts'

interface Told {
  title: string
  phase: Phase
  components: readonly string[]
  startedAt: Instant
}

interface Digest {
  /** The day it is for: 2026-03-02. */
  id: string
  told: readonly Told[]
  at: Instant
}

type Command = { type: 'digest.send'; told?: readonly Told[] }
type Event = { type: 'digest.sent'; id: string; told: readonly Told[]; at: Instant }
type Refused = 'already-sent' | 'nothing-told'

const dayMilliseconds = 86_400_000

export const digestAggregate: Aggregate<Digest, Command, Event, Refused, Rules> = {
  feature: 'digests',
  newId: () => Promise.reject(new Error('a digest has the name of its day')),
  load,
  save: async () => {},
  enrich: async (tx, command, now) => ({ ...command, told: await toldSince(tx, now) }),
  decide,
  evolve: (_digest, { id, told, at }) => ({ id, told, at }),
  effects: (digest, _event, { policy }) =>
    policy.audiences.filter(({ kind }) => kind === 'executive').flatMap((audience) => sendTo(audience, digest, policy)),
}

async function load(tx: Db, id: string): Promise<Digest | null> {
  const [sent] = await rows<{ event: Event }>(
    tx,
    sql`select event from journal where feature = 'digests' and subject = ${id} and type = 'digest.sent' limit 1`,
  )
  return sent ? { id, told: sent.event.told, at: sent.event.at } : null
}

async function toldSince(tx: Db, now: Date): Promise<Told[]> {
  const since = new Date(now.getTime() - dayMilliseconds)
  const stories = await readPublished(tx, { since })
  // What is still open and was not spoken of today is no news.
  const news = stories.filter(({ updatedAt }) => Date.parse(updatedAt) >= since.getTime())
  return news.map(({ title, phase, components, startedAt, startsAt }) => ({
    title,
    phase,
    components: components.map(({ key }) => key),
    startedAt: startsAt ?? startedAt,
  }))
}

function decide(digest: Digest | null, { told = [] }: Command, { id, now }: Given<Rules>): Decision<Event, Refused> {
  if (digest !== null) return { refused: 'already-sent' }
  if (told.length === 0) return { refused: 'nothing-told' }
  return [{ type: 'digest.sent', id, told, at: now.toISOString() }]
}

function sendTo({ locale, slack, mail }: Audience, digest: Digest, rules: Rules): Effect[] {
  const stories = digest.told.map(({ title, phase, components, startedAt }) => ({
    title,
    phase,
    components,
    from: startedAt,
  }))
  const { subject, text } = renderDigest(stories, locale, rules)
  const shown = `*${forSlack(subject)}*\n${forSlack(text)}`
  return [
    ...slack.map((to) => ({ kind: 'slack.say' as const, to, message: { text: subject, blocks: [section(shown)] } })),
    ...[...new Set(mail)].map((to) => ({ kind: 'mail.send' as const, to: [to], subject, text, html: forHtml(text) })),
  ]
}

export function digests({ config, spine }: CalendarWork): Scheduled[] {
  const { digest } = config.comms as CommsConfig
  if (digest === null) return []
  const run = async () => {
    const by = { actor: { kind: 'tocsin' as const, what: 'digest' }, cause: `calendar/${randomUUID()}` }
    await perform(spine, digestAggregate, spine.now().toISOString().slice(0, 10), { type: 'digest.send' }, by)
  }
  return [{ name: 'comms/digest', cron: digest, runs: 'once', run }]
}
