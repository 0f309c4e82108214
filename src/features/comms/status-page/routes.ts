/** What the outside reads: the files of the shelf, each at its path. */
import { isDatabaseAway } from '../../../core/db.ts'
import type { PageWork } from '../../../core/feature.ts'
import type { Page, PageAnswer, Visit } from '../../../core/pages.ts'
import { markOf, readForPage } from './reading.ts'
import type { StatusPageRules } from './rules.ts'
import { createShelf, type Shelf, type StoredFile } from './shelf.ts'

const fixed = [
  '/status',
  '/status/history',
  '/status/feed.atom',
  '/status/feed.rss',
  '/status/maintenance.ics',
  '/api/v2/summary.json',
  '/api/v2/status.json',
  '/api/v2/components.json',
  '/api/v2/incidents.json',
  '/api/v2/incidents/unresolved.json',
  '/api/v2/scheduled-maintenances.json',
  '/api/v2/scheduled-maintenances/upcoming.json',
  '/api/v2/scheduled-maintenances/active.json',
]

export function publicPages({ spine: { db }, log }: PageWork, { settings, say }: StatusPageRules): Page[] {
  const shelf = createShelf({
    settings,
    say,
    mark: (now) => markOf(db, now),
    read: (now) => readForPage(db, now, settings.locale),
    onError(error) {
      if (isDatabaseAway(error)) log.warn('status page: the database is away, the page stays as it is')
      else log.error({ err: error }, 'bringing the status page up to date failed')
    },
  })
  return [
    ...fixed.map((path): Page => ({ method: 'GET', path, answer: (visit) => serve(shelf, path, visit) })),
    {
      method: 'GET',
      path: '/status/history/:year',
      answer: (visit) => serve(shelf, `/status/history/${visit.params.year}`, visit),
    },
    {
      method: 'GET',
      path: '/status/incidents/:publicId',
      answer: (visit) => serve(shelf, `/status/incidents/${encodeURIComponent(visit.params.publicId ?? '')}`, visit),
    },
  ]
}

async function serve(shelf: Shelf, path: string, { now, headers }: Visit): Promise<PageAnswer> {
  const found = await shelf.find(path, now)
  if (found) return answerWith(found, headers['if-none-match'])
  // The shelf is empty only when nothing could ever be read.
  if (!(await shelf.find('/status', now))) {
    return {
      status: 503,
      contentType: text,
      headers: { 'retry-after': '5' },
      body: 'The status is not known just now. Try again in a moment.',
    }
  }
  return { status: 404, contentType: text, body: 'There is nothing here. What happened is listed at /status/history.' }
}

function answerWith(
  { contentType, headers, body, etag }: StoredFile,
  asked: string | string[] | undefined,
): PageAnswer {
  const known = String(asked ?? '')
  const isKnown = known === '*' || known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
  return isKnown ? { status: 304, contentType, headers, body: '' } : { contentType, headers, body }
}

const text = 'text/plain; charset=utf-8'
