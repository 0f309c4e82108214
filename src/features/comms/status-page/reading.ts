/** Where the status page comes from: what comms published, and when somebody watched. It asks for nothing else. */
import type { Db } from '../../../core/db.ts'
import { type Locale, locales } from '../locale.ts'
import { type PublishedStory, type PublishedUpdate, publishedMark, readPublished } from '../published.ts'
import type { Published } from './page.ts'
import type { ComponentState, Update } from './record.ts'
import { readWatched } from './watch.ts'

// Links to an incident live long in mails and trackers.
const yearsKept = 3
const yearMilliseconds = 365 * 86_400_000

export async function readForPage(db: Db, now: Date, locale: Locale): Promise<Published> {
  const since = new Date(now.getTime() - yearsKept * yearMilliseconds)
  const [stories, watched] = [await readPublished(db, { since }), await readWatched(db, now)]
  return { updates: stories.flatMap((story) => updatesOf(story, locale)), watched }
}

/** Another text whenever the page is not as it should be: something was published, or a day began. */
export async function markOf(db: Db, now: Date): Promise<string> {
  return `${await publishedMark(db)} ${now.toISOString().slice(0, 10)}`
}

function updatesOf({ publicId, kind, title, startedAt, updates }: PublishedStory, locale: Locale): Update[] {
  const idOf = (number: number | null) => updates.find((update) => update.number === number)?.publicId ?? null
  return updates.map((update) => ({
    id: update.publicId,
    publicId,
    kind,
    title,
    phase: update.phase,
    components: update.components,
    felt: feltIn(update),
    ...wordsOf(update, locale),
    publishedAt: update.publishedAt,
    startsAt: kind === 'maintenance' ? update.startsAt : startedAt,
    endsAt: update.endsAt,
    corrects: idOf(update.corrects),
  }))
}

/** In the page's language; where nobody wrote it in that, in another one, which the page says. */
function wordsOf({ words }: PublishedUpdate, locale: Locale): { locale: Locale; body: string } {
  const found = [locale, ...locales].find((one) => words[one] !== undefined) ?? locale
  return { locale: found, body: words[found]?.text ?? '' }
}

function feltIn({ phase, level }: PublishedUpdate): ComponentState {
  if (phase === 'in_progress') return 'maintenance'
  return level === 'none' || phase === 'scheduled' ? 'operational' : level
}
