/**
 * To everybody who subscribed: clients by e-mail, our own people by direct message.
 *
 * A published post may have ten thousand readers, too many for the transaction that publishes it. They are gone through
 * in the order of their ids, some hundreds at a time: who they are, that they were written to and how far we came is
 * one transaction, so a process that dies goes on where it was, and nobody is written to twice.
 */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, isDatabaseAway, rows } from '../../core/db.ts'
import type { LongWork } from '../../core/feature.ts'
import { type Loop, startLoop } from '../../core/loop.ts'
import { fileEffects, type Wanted } from '../../core/outbox-store.ts'
import { aggregate } from './aggregate.ts'
import { deliveries, type Medium } from './deliveries.ts'
import { effectsForFollowers } from './followers/store.ts'
import { holdBack, writeGathered } from './gathering.ts'
import { subscriberMail } from './letters.ts'
import type { Rules } from './rules.ts'
import { load } from './store.ts'
import { confirmedSubscribers, type Subscriber, subscribersById } from './subscribers.ts'

const mailings = pgTable('comms_mailings', {
  storyId: text('story_id').notNull(),
  post: integer('post').notNull(),
  through: text('through').notNull(),
  doneAt: timestamp('done_at', { withTimezone: true, mode: 'date' }),
})

const mediumAgain: Medium = 'mail again'

// Few enough that a step is done in a moment, and many enough that it is not felt between them.
const atOnce = 250

export function startMailing({ spine, clock, log }: LongWork): Loop {
  const rules = spine.policyOf(aggregate.feature) as Rules
  const look = async (): Promise<Date | null> => {
    const now = clock.now()
    const wanted = await spine.db.transaction(
      async (tx) =>
        (await oneStep(tx, rules, now)) ??
        (await oneStepAgain(tx, rules, now)) ??
        (await writeGathered(tx, rules, now)),
    )
    if (wanted === null) return null
    spine.wake(wanted)
    return now
  }
  const onError = (error: unknown) => {
    if (isDatabaseAway(error)) log.warn('comms: the database is away, will look again')
    else log.error({ err: error }, 'writing to subscribers failed, will try again')
  }
  return startLoop({ look, everyMilliseconds: 2_000, clock, onError })
}

/** Null when nobody waits to be written to. */
async function oneStep(tx: Db, rules: Rules, now: Date): Promise<readonly Wanted[] | null> {
  await beginNew(tx, now)
  const [mailing] = await tx
    .select()
    .from(mailings)
    .where(isNull(mailings.doneAt))
    .orderBy(mailings.storyId, mailings.post)
    .limit(1)
    .for('update', { skipLocked: true })
  if (!mailing) return null
  const story = await load(tx, mailing.storyId)
  const post = story?.posts.find(({ number }) => number === mailing.post)
  if (!story || !post) throw new Error(`comms/${mailing.storyId}.${mailing.post} is mailed but not stored`)

  const isFirst = mailing.through === ''
  const next = await confirmedSubscribers(tx, {
    components: post.facts.components,
    after: mailing.through,
    limit: atOnce,
  })
  const fresh = await holdBack(tx, mailing, await noteDeliveries(tx, mailing, next, now), { rules, now })
  const effects = [
    ...(isFirst ? await effectsForFollowers(tx, { story, post, rules, now }) : []),
    ...fresh.flatMap((subscriber) => subscriberMail(subscriber, { story, post, rules })),
  ]
  const wanted = await fileEffects(tx, `comms/${story.id}.${post.number}`, effects, now)
  const isDone = next.length < atOnce
  await tx
    .update(mailings)
    .set({ through: next.at(-1)?.id ?? (mailing.through || '-'), doneAt: isDone ? now : null })
    .where(and(eq(mailings.storyId, mailing.storyId), eq(mailings.post, mailing.post)))
  return wanted
}

/** Those whom a person wants to be written to once more. Null when nobody is. */
async function oneStepAgain(tx: Db, rules: Rules, now: Date): Promise<readonly Wanted[] | null> {
  const [asked] = await rows<{ story_id: string; post: number; receivers: string[] }>(
    tx,
    sql`select story_id, number as post, array_agg(receiver) as receivers
      from (select story_id, number, unnest(again) as receiver from comms_posts where again <> '{}') asked
      where not exists (
        select 1 from comms_deliveries known where known.story_id = asked.story_id and known.post = asked.number
          and known.medium = ${mediumAgain} and known.receiver = asked.receiver)
      group by story_id, number order by story_id, number limit 1`,
  )
  if (!asked) return null
  const { story_id: storyId, post: number, receivers } = asked
  const noted = await tx
    .insert(deliveries)
    .values(receivers.map((receiver) => ({ storyId, post: number, medium: mediumAgain, receiver, filedAt: now })))
    .onConflictDoNothing()
    .returning({ receiver: deliveries.receiver })
  const story = await load(tx, storyId)
  const post = story?.posts.find((candidate) => candidate.number === number)
  if (!story || !post) throw new Error(`comms/${storyId}.${number} is mailed but not stored`)
  // The name of an audience is nobody's here: its addresses were written to when it was asked for.
  const ids = noted.map(({ receiver }) => receiver.slice(receiver.indexOf(' ') + 1))
  const who = await subscribersById(tx, ids)
  const effects = who.flatMap((subscriber) => subscriberMail(subscriber, { story, post, rules }))
  return fileEffects(tx, `comms/${story.id}.${post.number}`, effects, now)
}

/** What was published long before this release began to write to subscribers is history. */
async function beginNew(tx: Db, now: Date): Promise<void> {
  const since = new Date(now.getTime() - 86_400_000).toISOString()
  await rows(
    tx,
    sql`insert into comms_mailings (story_id, post, through)
      select story_id, number, '' from comms_posts post
      where published_at > ${since} and not exists (
        select 1 from comms_mailings known where known.story_id = post.story_id and known.post = post.number)
      on conflict do nothing returning post`,
  )
}

/** Those of them who have not been written to: a row each, whose key makes twice impossible. */
async function noteDeliveries(
  tx: Db,
  { storyId, post }: { storyId: string; post: number },
  next: readonly Subscriber[],
  now: Date,
): Promise<Subscriber[]> {
  if (next.length === 0) return []
  const noted = await tx
    .insert(deliveries)
    .values(next.map(({ id }) => ({ storyId, post, medium: 'mail' as const, receiver: id, filedAt: now })))
    .onConflictDoNothing()
    .returning({ receiver: deliveries.receiver })
  const fresh = new Set(noted.map(({ receiver }) => receiver))
  return next.filter(({ id }) => fresh.has(id))
}

export interface Progress {
  filed: number
  waiting: number
  isThrough: boolean
}

/** How far a message has come with those who subscribed. */
export async function progressOf(db: Db, storyId: string, post: number): Promise<Progress> {
  const [filed, [mailing], [waiting]] = await Promise.all([
    db.$count(
      deliveries,
      and(
        eq(deliveries.storyId, storyId),
        eq(deliveries.post, post),
        inArray(deliveries.medium, ['mail', 'held', 'gathered']),
      ),
    ),
    db
      .select()
      .from(mailings)
      .where(and(eq(mailings.storyId, storyId), eq(mailings.post, post))),
    rows<{ n: number }>(
      db,
      sql`select count(*)::int as n from outbox where port = 'mail' and closed_at is null
        and starts_with(stream, ${`mail:comms/${storyId}.${post}:`})`,
    ),
  ])
  return { filed, waiting: waiting?.n ?? 0, isThrough: mailing?.doneAt != null }
}
