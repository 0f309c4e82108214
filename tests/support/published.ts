/** What clients were told, as another replica would have published it: it is in the database, and nobody here was told. */
import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from '../../src/core/db.ts'
import type { Phase, StoryKind } from '../../src/features/comms/moments.ts'
import { declassify, type Level, nothingPublic } from '../../src/features/comms/public.ts'
import { load, save } from '../../src/features/comms/store.ts'
import type { Post, Story } from '../../src/features/comms/story.ts'

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
  const id = `c${told.publicId}`
  const story = (await load(db, id)) ?? emptyStory(id, told)
  const number = story.posts.length + 1
  await save(db, id, { ...story, posts: [...story.posts, postOf(told, number)] })
  // That replica has written to everybody who subscribed, too.
  await db.execute(sql`insert into comms_mailings (story_id, post, through, done_at)
    values (${id}, ${number}, '-', ${told.at.toISOString()}) on conflict do nothing`)
}

function emptyStory(id: string, { publicId, kind = 'incident' }: Told): Story {
  return {
    id,
    publicId,
    kind,
    about: null,
    owner: null,
    posts: [],
    dueAt: null,
    overdueCount: 0,
    called: null,
    askedCount: 0,
    holds: [],
  }
}

function postOf(told: Told, number: number): Post {
  const { name, phase, level = 'degraded', components = [], text, locale = 'en', at, window, isDraft = false } = told
  return {
    number,
    moment: 'incident-update',
    phase,
    state: isDraft ? 'draft' : 'published',
    facts: {
      name: declassify(name),
      impact: 'confirmed',
      level,
      components,
      regions: nothingPublic,
      symptom: declassify(text),
      workaround: nothingPublic,
      correction: nothingPublic,
      dataLoss: null,
      startedAt: (told.startedAt ?? at).toISOString(),
      nextUpdateBy: null,
      window: window ? { from: window.from.toISOString(), to: window.to.toISOString() } : null,
    },
    hash: randomBytes(8).toString('hex'),
    author: null,
    authoredAt: at.toISOString(),
    remark: '',
    approvedBy: null,
    isSolo: false,
    publishedAt: isDraft ? null : at.toISOString(),
    words: isDraft ? {} : { [locale]: { subject: declassify(name), text: declassify(text) } },
    corrects: told.corrects ?? null,
    correctedBy: null,
    reach: 0,
    undelivered: 0,
    inDoubt: [],
    again: [],
  }
}

/** As if Tocsin had run all that time. */
export async function watchedSince(db: Db, components: readonly string[], from: Date, until: Date): Promise<void> {
  for (const component of components) {
    // In sequence: three rows.
    await db.execute(sql`insert into status_watches (component, from_at, until_at)
      values (${component}, ${from.toISOString()}, ${until.toISOString()})`)
  }
}

/** The form «Message to clients», filled in for an incident at the checkout. */
export const payingIsSlow = {
  'What is this message?': 'First message: confirmed',
  'What clients call it': 'Paying is slow',
  'What clients notice': 'Paying takes up to a minute.',
  'Are clients concerned?': 'Confirmed: clients are concerned',
  'How bad is it for them?': 'Degraded: slower, or with errors',
  'What of ours is concerned?': ['Checkout'],
  'When do clients hear more?': 'In 30 minutes',
}
