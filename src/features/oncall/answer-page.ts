/**
 * The page behind the link in a mail. Opening it changes nothing, because mail programs and virus scanners open links:
 * the button on it acknowledges. The address is signed, so whoever has it is whom the mail was sent to.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Page as HttpPage, PageAnswer, Visit } from '../../core/pages.ts'
import { escapeHtml } from '../../lib/html.ts'
import { pages, schedules } from './aggregate.ts'
import { calendarOf } from './calendar.ts'
import type { Page } from './domain.ts'
import { loadPage, loadSchedule } from './store.ts'

const path = '/oncall/answer/:page/:round/:person/:token'

export const httpPages: readonly HttpPage[] = [
  { method: 'GET', path, answer: show },
  { method: 'POST', path, answer: acknowledge },
  { method: 'GET', path: '/oncall/calendar/:schedule/:token/calendar.ics', answer: calendar },
]

async function show(visit: Visit): Promise<PageAnswer> {
  const page = await find(visit)
  if (!page) return unknown
  return drawn(page, page.status === 'calling' || page.status === 'exhausted')
}

async function acknowledge(visit: Visit): Promise<PageAnswer> {
  const page = await find(visit)
  if (!page) return unknown
  const person = visit.params.person ?? ''
  // Refused means that somebody was quicker; what the page shows then says so.
  await visit.perform(
    pages,
    page.id,
    { type: 'page.acknowledge', by: person, via: 'mail' },
    { kind: 'person', id: person },
  )
  const after = await loadPage(visit.db, page.id)
  return drawn(after ?? page, false)
}

async function find({ db, params, policy }: Visit): Promise<Page | null> {
  const { page: id = '', round = '', person = '', token = '' } = params
  if (!isSame(token, policy(pages).sign(`${id}/${round}/${person}`))) return null
  const page = await loadPage(db, id)
  return page && String(page.round) === round ? page : null
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const unknown: PageAnswer = {
  status: 404,
  body: document('Not known here', '<p>This link is not known here, or a newer page has taken its place.</p>'),
}

function drawn(page: Page, withButton: boolean): PageAnswer {
  const words: Record<Page['status'], string> = {
    calling: 'Nobody has acknowledged it yet.',
    exhausted: 'Everybody was called and nobody answered.',
    acknowledged: 'It is acknowledged. Nobody else will be woken.',
    resolved: 'It is over.',
  }
  const form = '<form method="post"><button>Acknowledge</button></form>'
  const body = `<h1>${escapeHtml(page.summary)}</h1><p>${words[page.status]}</p>${withButton ? form : ''}`
  return { headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }, body: document('Page', body) }
}

async function calendar({ db, params, policy, now }: Visit): Promise<PageAnswer> {
  const { schedule = '', token = '' } = params
  const rules = policy(schedules)
  const rotation = rules.rotationOf(schedule)
  if (!rotation || !isSame(token, rules.sign(`calendar/${schedule}`))) return { status: 404, body: '' }
  const stored = await loadSchedule(db, schedule)
  return {
    contentType: 'text/calendar; charset=utf-8',
    body: calendarOf(schedule, { rotation, overrides: stored?.overrides ?? [], people: rules.people }, now),
  }
}

function document(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>body{font:1.1rem system-ui;max-width:36rem;margin:3rem auto;padding:0 1rem}
button{font:inherit;padding:.8rem 1.6rem;background:#b00020;color:#fff;border:0;border-radius:.4rem}</style></head>
<body><main>${body}</main></body></html>`
}
