/**
 * The whole page as finished files, in memory. A request is a look into a map; the database is asked at most once a
 * second whether anything is different, by whichever request comes first, so another replica's change shows as soon as
 * one's own. While the database is away, what is here goes on being served, and says how old it is.
 */
import { createHash } from 'node:crypto'
import { apiFiles } from './api.ts'
import { maintenanceCalendar } from './calendar.ts'
import type { Drawing, Say } from './document.ts'
import { atomFeed, rssFeed } from './feeds.ts'
import { type PageSettings, type Published, pageOf, type StatusPage } from './page.ts'
import { contentSecurityPolicy } from './style.ts'
import { happeningPage, history, overview, pathOf, yearsOf } from './views.ts'

export interface StoredFile {
  contentType: string
  body: Buffer
  etag: string
  headers: Readonly<Record<string, string>>
}

export interface Source {
  settings: PageSettings
  say: Say
  /** Another text whenever there is something else to read. */
  mark(now: Date): Promise<string>
  read(now: Date): Promise<Published>
  /** It could not be brought up to date. The page stays as it is, and is tried again a second later. */
  onError(error: unknown): void
}

export interface Shelf {
  /** The file of a path; null when there is none, also when nothing could be read yet. */
  find(path: string, now: Date): Promise<StoredFile | null>
}

const lookEveryMilliseconds = 1_000
/** Bars and percentages move with time alone. */
const buildEveryMilliseconds = 60_000
/** A database that hangs must not make the page hang: what is here is served then. */
const patienceMilliseconds = 300
const giveUpMilliseconds = 10_000
export const staleAfterMinutes = 10

export function createShelf(source: Source): Shelf {
  const state: Held = {
    files: new Map(),
    page: null,
    mark: '',
    lookedAt: Number.NEGATIVE_INFINITY,
    checkedAt: 0,
    builtAt: 0,
    staleMinutes: null,
  }
  let looking: Promise<void> | null = null

  async function look(now: Date): Promise<void> {
    const mark = await source.mark(now)
    const isOld = Math.abs(now.getTime() - state.builtAt) >= buildEveryMilliseconds
    if (mark !== state.mark || isOld || state.page === null) {
      state.page = pageOf(source.settings, await source.read(now), now)
      state.mark = mark
      state.builtAt = now.getTime()
      put(state.page, null)
    }
    state.checkedAt = now.getTime()
  }

  function put(page: StatusPage, staleMinutes: number | null): void {
    state.files = filesOf(page, { say: source.say, staleMinutes, isCopy: false })
    state.staleMinutes = staleMinutes
  }

  async function refresh(now: Date): Promise<void> {
    state.lookedAt = now.getTime()
    // One that never ends must not keep all others from trying.
    looking ??= Promise.race([look(now), pause(giveUpMilliseconds).then(tooLong)])
      .catch(source.onError)
      .finally(() => {
        looking = null
      })
    await (state.page ? Promise.race([looking, pause(patienceMilliseconds)]) : looking)
  }

  return {
    async find(path, now) {
      if (Math.abs(now.getTime() - state.lookedAt) >= lookEveryMilliseconds) await refresh(now)
      else if (looking && !state.page) await looking
      if (state.page) {
        const minutes = Math.floor((now.getTime() - state.checkedAt) / 60_000)
        const staleMinutes = minutes >= staleAfterMinutes ? minutes : null
        if (staleMinutes !== state.staleMinutes) put(state.page, staleMinutes)
      }
      return state.files.get(path) ?? null
    },
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}

function tooLong(): never {
  throw new Error(`the database did not answer within ${giveUpMilliseconds} ms`)
}

interface Held {
  files: ReadonlyMap<string, StoredFile>
  page: StatusPage | null
  mark: string
  lookedAt: number
  /** When it was last known to be right. */
  checkedAt: number
  builtAt: number
  staleMinutes: number | null
}

/** Every file of the page, by its path. */
export function filesOf(page: StatusPage, drawing: Drawing): Map<string, StoredFile> {
  const { staleMinutes } = drawing
  const files = new Map<string, StoredFile>()
  const add = (path: string, contentType: string, text: string, headers: Record<string, string> = {}) => {
    const warning = staleMinutes === null ? {} : { warning: '110 - "Response is Stale"' }
    const body = Buffer.from(text)
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    files.set(path, { contentType, body, etag, headers: { etag, ...cached, ...warning, ...headers } })
  }
  const addHtml = (path: string, text: string) =>
    add(path, 'text/html; charset=utf-8', text, { 'content-security-policy': contentSecurityPolicy })

  addHtml('/status', overview(page, drawing))
  addHtml('/status/history', history(page, drawing))
  for (const year of yearsOf(page)) addHtml(`/status/history/${year}`, history(page, drawing, year))
  for (const happening of page.happenings) addHtml(pathOf(happening), happeningPage(page, happening, drawing))
  add('/status/feed.atom', 'application/atom+xml; charset=utf-8', atomFeed(page), forEverybody)
  add('/status/feed.rss', 'application/rss+xml; charset=utf-8', rssFeed(page), forEverybody)
  add('/status/maintenance.ics', 'text/calendar; charset=utf-8', maintenanceCalendar(page), forEverybody)
  for (const [name, value] of Object.entries(apiFiles(page))) {
    const meta = staleMinutes === null ? {} : { meta: { stale: true, stale_minutes: staleMinutes } }
    add(`/api/v2/${name}.json`, 'application/json; charset=utf-8', JSON.stringify({ ...value, ...meta }), forEverybody)
  }
  return files
}

const cached = { 'cache-control': 'public, max-age=30, stale-while-revalidate=60' }
/** Other sites may show it: there is nothing in it but what everybody may read. */
const forEverybody = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
