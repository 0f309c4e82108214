/**
 * What is public, as the status page and its feeds may read it: published posts and nothing else. A draft, a private
 * incident's words and an incident's own title cannot come out here, for no query asks for them.
 *
 * Whoever keeps a copy makes it anew when `comms.published` or `comms.corrected` happens, or when `publishedMark` is
 * another than it was: another replica may have published.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Instant } from '../../core/effects.ts'
import type { Locale } from './locale.ts'
import { type Phase, type StoryKind, standing } from './moments.ts'
import type { Level, PublicFacts } from './public.ts'

/** A component's state as clients read it. */
export type PublishedState = 'operational' | Exclude<Level, 'none'>

export interface PublishedComponent {
  /** A key of `comms.components` in tocsin.yml. */
  key: string
  state: PublishedState
}

export interface PublishedUpdate {
  /** Stable and unguessable: the story's public id and the number of the update in it, `k3x9…-2`. */
  publicId: string
  number: number
  phase: Phase
  level: Level
  components: readonly PublishedComponent[]
  /** In every locale that was sent. */
  words: Readonly<Partial<Record<Locale, { subject: string; text: string }>>>
  publishedAt: Instant
  startsAt: Instant | null
  endsAt: Instant | null
  /** Numbers of updates of the same story. A corrected update stays readable, beside its correction. */
  corrects: number | null
  correctedBy: number | null
}

export interface PublishedStory {
  publicId: string
  kind: StoryKind
  /** What clients call it. */
  title: string
  /** Where clients believe it to be: the newest phase that was said. */
  phase: Phase
  /** The gravest level that was said. */
  level: Level
  /** As the newest update has them. */
  components: readonly PublishedComponent[]
  startedAt: Instant
  /** Of a maintenance, as promised last. */
  startsAt: Instant | null
  endsAt: Instant | null
  publishedAt: Instant
  updatedAt: Instant
  isOver: boolean
  /** The newest first. */
  updates: readonly PublishedUpdate[]
}

interface Row {
  public_id: string
  kind: StoryKind
  number: number
  phase: Phase
  facts: PublicFacts
  words: PublishedUpdate['words']
  published_at: string | Date
  corrects: number | null
  corrected_by: number | null
}

/** Every story of which anything was published since `since`, and every one that is still open; the newest first. */
export async function readPublished(db: Db, { since }: { since: Date }): Promise<PublishedStory[]> {
  const found = await rows<Row>(
    db,
    sql`with stories as (
      select story_id, max(published_at) as newest,
        (array_agg(phase order by number desc))[1] as phase
      from comms_posts where published_at is not null group by story_id)
    select public_id, kind, number, post.phase, facts, words, published_at, corrects, corrected_by
    from stories join comms_stories story on story.id = stories.story_id
      join comms_posts post on post.story_id = story.id and post.published_at is not null
    where newest >= ${since.toISOString()} or stories.phase not in ('resolved', 'completed', 'cancelled', 'notice')
    order by newest desc, story.id, number desc`,
  )
  return [...Map.groupBy(found, (row) => row.public_id).values()].map(storyOf)
}

/** One story, also an old one; null when nothing of it was ever published. */
export async function readPublishedStory(db: Db, publicId: string): Promise<PublishedStory | null> {
  const found = await rows<Row>(
    db,
    sql`select public_id, kind, number, post.phase, facts, words, published_at, corrects, corrected_by
    from comms_stories story join comms_posts post on post.story_id = story.id and post.published_at is not null
    where public_id = ${publicId} order by number desc`,
  )
  return found.length === 0 ? null : storyOf(found)
}

/** Another text whenever anything was published or corrected. Cheap: it may be asked every few seconds. */
export async function publishedMark(db: Db): Promise<string> {
  const [row] = await rows<{ mark: string }>(
    db,
    sql`select count(*) || '/' || coalesce(max(published_at)::text, '') as mark
      from comms_posts where published_at is not null`,
  )
  return row?.mark ?? ''
}

const gravity: readonly Level[] = ['none', 'maintenance', 'degraded', 'partial', 'major']

/** `rows` are one story's, the newest first, at least one. */
function storyOf(found: readonly Row[]): PublishedStory {
  const updates = found.map(updateOf)
  const [newest, first] = [found[0], found.at(-1)]
  const [latest] = updates
  if (!newest || !first || !latest) throw new Error('a story without a published post is not public')
  const windows = updates.filter((update) => update.startsAt !== null)
  return {
    publicId: newest.public_id,
    kind: newest.kind,
    title: newest.facts.name,
    phase: latest.phase,
    level: updates.map(({ level }) => level).reduce(graver, 'none'),
    components: latest.components,
    startedAt: first.facts.startedAt,
    startsAt: windows[0]?.startsAt ?? null,
    endsAt: windows[0]?.endsAt ?? null,
    publishedAt: updates.at(-1)?.publishedAt ?? latest.publishedAt,
    updatedAt: latest.publishedAt,
    isOver: standing(latest.phase) !== 'going-on',
    updates,
  }
}

function updateOf({ public_id, number, phase, facts, words, published_at, ...row }: Row): PublishedUpdate {
  return {
    publicId: `${public_id}-${number}`,
    number,
    phase,
    level: facts.level,
    components: facts.components.map((key) => ({ key, state: stateIn(phase, facts.level) })),
    words,
    publishedAt: new Date(published_at).toISOString(),
    startsAt: facts.window?.from ?? null,
    endsAt: facts.window?.to ?? null,
    corrects: row.corrects,
    correctedBy: row.corrected_by,
  }
}

/** A planned maintenance concerns its components when it begins, not when it is announced. */
function stateIn(phase: Phase, level: Level): PublishedState {
  if (phase === 'in_progress') return 'maintenance'
  if (standing(phase) !== 'going-on' || phase === 'scheduled' || level === 'none') return 'operational'
  return level
}

function graver(a: Level, b: Level): Level {
  return gravity.indexOf(a) >= gravity.indexOf(b) ? a : b
}
