/**
 * Several messages within minutes are one mail. Three incidents at once, or a slip and its correction, would be a burst in
 * the mailbox of whoever subscribed to everything: they read the first ones at once, and the rest together, minutes later.
 */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import { fileEffects, type Wanted } from '../../core/outbox-store.ts'
import { deliveries } from './deliveries.ts'
import { gatheredMail, type Told } from './letters.ts'
import type { Rules } from './rules.ts'
import { load } from './store.ts'
import { type Subscriber, subscribersById } from './subscribers.ts'

const gatherMilliseconds = 5 * 60_000
// As many mails as one step files.
const atOnce = 100

/** Of these, who is written to now; the others were written to often enough in the last minutes, and wait. */
export async function holdBack(
  tx: Db,
  { storyId, post }: { storyId: string; post: number },
  fresh: readonly Subscriber[],
  { rules, now }: { rules: Rules; now: Date },
): Promise<readonly Subscriber[]> {
  if (fresh.length === 0) return fresh
  const since = new Date(now.getTime() - gatherMilliseconds).toISOString()
  const receivers = fresh.map(({ id }) => id)
  // This one is among them: it was noted a moment ago.
  const busy = await rows<{ receiver: string }>(
    tx,
    sql`select receiver from comms_deliveries
      where receiver = any(${sql.param(receivers)}::text[]) and filed_at > ${since} and medium in ('mail', 'held')
      group by receiver having count(*) > ${rules.mailsAtOnce} or bool_or(medium = 'held')`,
  )
  if (busy.length === 0) return fresh
  const held = busy.map(({ receiver }) => receiver)
  await tx
    .update(deliveries)
    .set({ medium: 'held' })
    .where(
      and(
        eq(deliveries.storyId, storyId),
        eq(deliveries.post, post),
        eq(deliveries.medium, 'mail'),
        inArray(deliveries.receiver, held),
      ),
    )
  return fresh.filter(({ id }) => !held.includes(id))
}

/** Writes to those whose first held message has waited long enough. Null when nobody's has. */
export async function writeGathered(tx: Db, rules: Rules, now: Date): Promise<readonly Wanted[] | null> {
  const until = new Date(now.getTime() - gatherMilliseconds).toISOString()
  const due = await rows<{ receiver: string }>(
    tx,
    sql`select receiver from comms_deliveries where medium = 'held'
      group by receiver having min(filed_at) <= ${until} order by receiver limit ${atOnce}`,
  )
  if (due.length === 0) return null
  const receivers = due.map(({ receiver }) => receiver)
  const held = await tx
    .update(deliveries)
    .set({ medium: 'gathered' })
    .where(and(eq(deliveries.medium, 'held'), inArray(deliveries.receiver, receivers)))
    .returning()
  const told = await toldOf(tx, held)
  const wanted = new Set<Wanted>()
  for (const subscriber of await subscribersById(tx, receivers)) {
    const mine = held.filter(({ receiver }) => receiver === subscriber.id).map(nameOf)
    const messages = told.filter((one) => mine.includes(nameOf({ storyId: one.story.id, post: one.post.number })))
    // In sequence, in one transaction: each stands in a line of its own reader.
    const effects = gatheredMail(subscriber, messages, rules)
    for (const port of await fileEffects(tx, 'comms/gathered', effects, now)) wanted.add(port)
  }
  return [...wanted]
}

function nameOf({ storyId, post }: { storyId: string; post: number }): string {
  return `${storyId}.${post}`
}

/** Few stories, however many readers: each is read once. The oldest message first. */
async function toldOf(tx: Db, held: readonly { storyId: string; post: number }[]): Promise<Told[]> {
  const told = new Map<string, Told>()
  for (const { storyId, post: number } of held) {
    const name = nameOf({ storyId, post: number })
    if (told.has(name)) continue
    const story = await load(tx, storyId)
    const post = story?.posts.find((candidate) => candidate.number === number)
    if (story && post) told.set(name, { story, post })
  }
  return [...told.values()].toSorted((a, b) => (a.post.publishedAt ?? '').localeCompare(b.post.publishedAt ?? '', 'en'))
}
