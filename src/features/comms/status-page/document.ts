/** What every page has around it: head, name, ways to the other pages. Works without a script, and when printed. */
import { escapeHtml } from '../../../lib/html.ts'
import type { StatusPage } from './page.ts'
import { style } from './style.ts'
import { timeWords, type Words, wordsIn } from './words.ts'

/** A sentence of message-templates/status-page/. */
export type Say = (moment: string, data?: Record<string, unknown>) => string

export interface Drawing {
  say: Say
  /** For how long the page could not be brought up to date; null while it can. */
  staleMinutes: number | null
  /** A copy in a folder has no bot behind it: forms are links to the live page. */
  isCopy: boolean
}

export interface Around {
  title: string
  main: string
  /** Where the reader is, so that no link leads there. */
  path: string
}

export function document(
  page: Pick<StatusPage, 'name' | 'url' | 'locale' | 'takesSubscribers'> & { builtAt?: string },
  { title, main, path }: Around,
  { say, staleMinutes, isCopy }: Drawing,
): string {
  const name = escapeHtml(page.name)
  const words = wordsIn(page.locale)
  const builtAt = page.builtAt
  const asOf =
    builtAt === undefined
      ? ''
      : `<p>${escapeHtml(say(isCopy ? 'as-of-copy' : 'as-of', { at: timeWords(builtAt, words) }))}</p>`
  const stale =
    staleMinutes === null
      ? ''
      : `<p class="stale" role="status">${escapeHtml(say('stale', { minutes: staleMinutes }))}</p>`
  return `<!doctype html>
<html lang="${page.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === page.name ? name : `${escapeHtml(title)} · ${name}`}</title>
<link rel="alternate" type="application/atom+xml" title="${name}" href="/status/feed.atom">
<link rel="alternate" type="application/rss+xml" title="${name}" href="/status/feed.rss">
<style>${style}</style></head>
<body><header><h1>${path === '/status' ? name : `<a href="/status">${name}</a>`}</h1></header>
<main>${stale}${main}</main>
<footer><nav aria-label="${words.more}">${linksFrom(path, page.takesSubscribers ? (isCopy ? page.url : '') : null, words)}</nav>${asOf}</footer></body></html>
`
}

/** `live` is where the forms are, for a copy has none; null when there are none at all. */
function linksFrom(path: string, live: string | null, words: Words): string {
  const links: { to: string; href?: string; label: string }[] = [
    { to: '/status', label: words.now },
    { to: '/status/history', label: words.history },
    ...(live === null
      ? []
      : [{ to: '/status/subscribe', href: `${live}/status/subscribe`, label: words.subscribeByMail }]),
    { to: '/status/feed.atom', label: 'Atom' },
    { to: '/status/feed.rss', label: 'RSS' },
    { to: '/status/maintenance.ics', label: words.calendar },
    { to: '/api/v2/summary.json', label: 'JSON' },
  ]
  return links
    .filter(({ to }) => to !== path)
    .map(({ to, href = to, label }) => `<a href="${escapeHtml(href)}">${label}</a>`)
    .join('')
}
