/** What clients were told, as another replica would have published it: straight into the tables that the page reads. */
import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from '../../src/core/db.ts'
import type { Phase, StoryKind } from '../../src/features/comms/moments.ts'
import type { Level } from '../../src/features/comms/public.ts'

export interface Told {
  publicId: string
  kind?: StoryKind
  name: string
  phase: Phase
  level?: Level
  components?: readonly string[]
  text: string
  locale?: 'en' | 'de'
  at: Date
  startedAt?: Date
  window?: { from: Date; to: Date }
  corrects?: number
  /** Written, and not published. */
  isDraft?: boolean
}

/** One more word of a story; the first one opens it. */
export async function tellClients(db: Db, told: Told): Promise<void> {
  const { publicId, kind = 'incident', name, phase, level = 'degraded', components = [], text, at, window } = told
  const id = `c${publicId}`
  await db.execute(sql`insert into comms_stories (id, public_id, kind, overdue_count, asked_count, holds)
    values (${id}, ${publicId}, ${kind}, 0, 0, '{}') on conflict do nothing`)
  const facts = {
    name,
    impact: 'confirmed',
    level,
    components,
    regions: '',
    symptom: text,
    workaround: '',
    correction: '',
    dataLoss: null,
    startedAt: (told.startedAt ?? at).toISOString(),
    nextUpdateBy: null,
    window: window ? { from: window.from.toISOString(), to: window.to.toISOString() } : null,
  }
  const words = told.isDraft ? {} : { [told.locale ?? 'en']: { subject: name, text } }
  await db.execute(sql`insert into comms_posts
    (story_id, number, moment, phase, state, facts, hash, authored_at, remark, is_solo, published_at, words, corrects, reach, undelivered)
    select ${id}, coalesce(max(number), 0) + 1, 'a-moment', ${phase}, ${told.isDraft ? 'draft' : 'published'},
      ${JSON.stringify(facts)}::jsonb, ${randomBytes(8).toString('hex')}, ${at.toISOString()}::timestamptz, '', false,
      ${told.isDraft ? null : at.toISOString()}::timestamptz, ${JSON.stringify(words)}::jsonb, ${told.corrects ?? null}::int, 0, 0
    from comms_posts where story_id = ${id}`)
}

/** As if Tocsin had run all that time. */
export async function watchedSince(db: Db, components: readonly string[], from: Date, until: Date): Promise<void> {
  for (const component of components) {
    // In sequence: three rows.
    await db.execute(sql`insert into status_watches (component, from_at, until_at)
      values (${component}, ${from.toISOString()}, ${until.toISOString()})`)
  }
}
