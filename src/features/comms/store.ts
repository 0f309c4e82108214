/** How stories and their posts are kept: plain columns, one row each. */
import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../core/db.ts'
import type { About } from '../incidents/index.ts'
import type { Post, PostState, Story, Words } from './domain.ts'
import type { Phase, StoryKind } from './moments.ts'
import type { PublicFacts } from './public.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const stories = pgTable('comms_stories', {
  id: text('id').primaryKey(),
  publicId: text('public_id').notNull(),
  kind: text('kind').$type<StoryKind>().notNull(),
  about: jsonb('about').$type<About>(),
  owner: text('owner'),
  dueAt: moment('due_at'),
  overdueCount: integer('overdue_count').notNull(),
  called: text('called'),
  askedCount: integer('asked_count').notNull(),
  holds: text('holds').array().notNull(),
})

export const posts = pgTable(
  'comms_posts',
  {
    storyId: text('story_id').notNull(),
    number: integer('number').notNull(),
    moment: text('moment').notNull(),
    phase: text('phase').$type<Phase>().notNull(),
    state: text('state').$type<PostState>().notNull(),
    facts: jsonb('facts').$type<PublicFacts>().notNull(),
    hash: text('hash').notNull(),
    author: text('author'),
    authoredAt: moment('authored_at').notNull(),
    remark: text('remark').notNull(),
    approvedBy: text('approved_by'),
    isSolo: boolean('is_solo').notNull(),
    publishedAt: moment('published_at'),
    words: jsonb('words').$type<Words>().notNull(),
    corrects: integer('corrects'),
    correctedBy: integer('corrected_by'),
    reach: integer('reach').notNull(),
    undelivered: integer('undelivered').notNull(),
    inDoubt: text('in_doubt').array().notNull(),
    again: text('again').array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.storyId, table.number] })],
)

export async function load(tx: Db, id: string): Promise<Story | null> {
  const [found] = await loadAll(tx, [id])
  return found ?? null
}

export async function save(tx: Db, id: string, { posts: written, dueAt, ...story }: Story): Promise<void> {
  const row = { ...story, holds: [...story.holds], id, dueAt: dueAt === null ? null : new Date(dueAt) }
  await tx.insert(stories).values(row).onConflictDoUpdate({ target: stories.id, set: row })
  if (written.length === 0) return
  // What is out and corrected, or set aside, is written again as it was; a story has few posts.
  await tx
    .insert(posts)
    .values(written.map((post) => toRow(id, post)))
    .onConflictDoUpdate({
      target: [posts.storyId, posts.number],
      set: {
        moment: sql`excluded.moment`,
        phase: sql`excluded.phase`,
        state: sql`excluded.state`,
        facts: sql`excluded.facts`,
        hash: sql`excluded.hash`,
        author: sql`excluded.author`,
        authoredAt: sql`excluded.authored_at`,
        remark: sql`excluded.remark`,
        approvedBy: sql`excluded.approved_by`,
        isSolo: sql`excluded.is_solo`,
        publishedAt: sql`excluded.published_at`,
        words: sql`excluded.words`,
        corrects: sql`excluded.corrects`,
        correctedBy: sql`excluded.corrected_by`,
        reach: sql`excluded.reach`,
        undelivered: sql`excluded.undelivered`,
        inDoubt: sql`excluded.in_doubt`,
        again: sql`excluded.again`,
      },
    })
}

/** Stories with something to do or to watch: a post is open, or clients wait for the next word. The newest first. */
export async function listOpenStories(db: Db, limit: number): Promise<Story[]> {
  const found = await db
    .select({ id: stories.id })
    .from(stories)
    .where(
      sql`${stories.dueAt} is not null or exists (select 1 from ${posts} where ${posts.storyId} = ${stories.id}
        and ${posts.state} in ('draft', 'in-review', 'approved'))
        or (select phase from ${posts} where ${posts.storyId} = ${stories.id} and published_at is not null
          order by number desc limit 1) in ('investigating', 'identified', 'monitoring', 'scheduled', 'in_progress')`,
    )
    .orderBy(desc(stories.id))
    .limit(limit)
  return loadAll(
    db,
    found.map(({ id }) => id),
  )
}

/** Messages that wait to be read, of what everybody may know of: a private incident's own people read in its channel. */
export async function listToReview(db: Db, limit: number): Promise<Story[]> {
  const found = await db
    .selectDistinct({ id: posts.storyId })
    .from(posts)
    .innerJoin(stories, eq(stories.id, posts.storyId))
    .where(and(eq(posts.state, 'in-review'), sql`coalesce((${stories.about} ->> 'isPrivate')::boolean, false) = false`))
    .limit(limit)
  return loadAll(
    db,
    found.map(({ id }) => id),
  )
}

/** What was published last, whatever it was about. */
export async function listPublished(db: Db, limit: number): Promise<{ storyId: string; post: Post }[]> {
  const found = await db
    .select()
    .from(posts)
    .where(isNotNull(posts.publishedAt))
    .orderBy(desc(posts.publishedAt))
    .limit(limit)
  return found.map((row) => ({ storyId: row.storyId, post: fromRow(row) }))
}

async function loadAll(db: Db, ids: readonly string[]): Promise<Story[]> {
  if (ids.length === 0) return []
  const found = await db
    .select()
    .from(stories)
    .where(inArray(stories.id, [...ids]))
  const written = await db
    .select()
    .from(posts)
    .where(and(inArray(posts.storyId, [...ids])))
    .orderBy(asc(posts.number))
  const byStory = Map.groupBy(written, (row) => row.storyId)
  const byId = new Map(found.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    if (!row) return []
    return [{ ...row, dueAt: row.dueAt?.toISOString() ?? null, posts: (byStory.get(id) ?? []).map(fromRow) }]
  })
}

/** The story of an incident, if it has one with something published and not over: what resolving asks about. */
export async function publicPhaseOf(db: Db, id: string): Promise<Phase | null> {
  const [row] = await db
    .select({ phase: posts.phase })
    .from(posts)
    .where(and(eq(posts.storyId, id), isNotNull(posts.publishedAt)))
    .orderBy(desc(posts.number))
    .limit(1)
  return row?.phase ?? null
}

function fromRow({ storyId: _, ...row }: typeof posts.$inferSelect): Post {
  return { ...row, authoredAt: row.authoredAt.toISOString(), publishedAt: row.publishedAt?.toISOString() ?? null }
}

function toRow(storyId: string, { authoredAt, publishedAt, ...post }: Post): typeof posts.$inferInsert {
  return {
    ...post,
    inDoubt: [...post.inDoubt],
    again: [...post.again],
    storyId,
    authoredAt: new Date(authoredAt),
    publishedAt: publishedAt === null ? null : new Date(publishedAt),
  }
}
