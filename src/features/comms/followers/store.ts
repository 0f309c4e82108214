/** How followers are kept, and what each of them is told of a published message. */
import { eq } from 'drizzle-orm'
import { boolean, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../../core/db.ts'
import type { Effect } from '../../../core/effects.ts'
import type { Aggregate } from '../../../core/perform.ts'
import type { Post, Story } from '../domain.ts'
import { tellFollower } from '../outlets.ts'
import type { Rules } from '../rules.ts'
import {
  type Command,
  decide,
  type Event,
  endOfQuiet,
  evolve,
  type Follower,
  type Quiet,
  type Refused,
  wants,
} from './domain.ts'

const followers = pgTable('comms_followers', {
  person: text('person').primaryKey(),
  isFollowing: boolean('is_following').notNull(),
  severities: text('severities').array().notNull(),
  components: text('components').array().notNull(),
  quiet: jsonb('quiet').$type<Quiet>(),
  since: timestamp('since', { withTimezone: true, mode: 'date' }).notNull(),
})

/** Its id is the person's. */
export const followerAggregate: Aggregate<Follower, Command, Event, Refused, Rules> = {
  feature: 'followers',
  newId: () => Promise.reject(new Error('a follower has the id of the person')),
  load: loadFollower,
  save,
  decide,
  evolve,
  effects: () => [],
}

export async function loadFollower(db: Db, person: string): Promise<Follower | null> {
  const [row] = await db.select().from(followers).where(eq(followers.person, person))
  return row ? fromRow(row) : null
}

async function save(tx: Db, person: string, follower: Follower): Promise<void> {
  const { severities, components, since, isFollowing, quiet } = follower
  const row = {
    person,
    isFollowing,
    quiet,
    severities: [...severities],
    components: [...components],
    since: new Date(since),
  }
  await tx.insert(followers).values(row).onConflictDoUpdate({ target: followers.person, set: row })
}

function fromRow(row: typeof followers.$inferSelect): Follower {
  return { ...row, since: row.since.toISOString() }
}

export async function effectsForFollowers(
  tx: Db,
  { story, post, rules, now }: { story: Story; post: Post; rules: Rules; now: Date },
): Promise<Effect[]> {
  // A private incident is nobody's business but its own people's, whatever clients were told of it.
  if (story.about?.isPrivate) return []
  const all = await tx.select().from(followers).where(eq(followers.isFollowing, true))
  return all
    .map(fromRow)
    .filter((follower) => wants(follower, story, post))
    .flatMap((follower): Effect[] => {
      const later = endOfQuiet(follower, now)
      if (later === null) return tellFollower(story, post, follower.person, rules)
      const command = { type: 'comms.tellFollower', person: follower.person }
      const key = `comms/${story.id}/follower-${follower.person}`
      return [{ kind: 'timer.set', key, at: later.toISOString(), fire: { feature: 'comms', id: story.id, command } }]
    })
}
