/**
 * What happened, for feed readers: Atom (RFC 4287) and RSS 2.0. An entry a happening, all its updates inside, the newest
 * first. Every id and date comes from what was published, so that building a feed again changes nothing in it.
 */
import { escapeHtml, paragraphs } from '../../../lib/html.ts'
import type { StatusPage } from './page.ts'
import type { Happening } from './record.ts'
import { timeWords, wordsIn } from './words.ts'

const entriesMax = 50

export function atomFeed(page: StatusPage): string {
  const entries = newest(page).map((happening) => {
    const [published, updated] = datesOf(happening)
    return `<entry>
<id>${escapeHtml(entryId(page, happening))}</id>
<title>${escapeHtml(titleOf(page, happening))}</title>
<link rel="alternate" type="text/html" href="${escapeHtml(linkOf(page, happening))}"/>
<published>${published}</published>
<updated>${updated}</updated>
<content type="html">${escapeHtml(contentOf(page, happening))}</content>
</entry>`
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${page.locale}">
<id>${escapeHtml(`tag:${tagAuthority(page)}:status`)}</id>
<title>${escapeHtml(page.name)}</title>
<updated>${latest(page)}</updated>
<author><name>${escapeHtml(page.name)}</name></author>
<link rel="alternate" type="text/html" href="${escapeHtml(page.url)}/status"/>
<link rel="self" type="application/atom+xml" href="${escapeHtml(page.url)}/status/feed.atom"/>
${entries.join('\n')}
</feed>
`
}

export function rssFeed(page: StatusPage): string {
  const items = newest(page).map((happening) => {
    const [published] = datesOf(happening)
    return `<item>
<title>${escapeHtml(titleOf(page, happening))}</title>
<link>${escapeHtml(linkOf(page, happening))}</link>
<guid isPermaLink="false">${escapeHtml(entryId(page, happening))}</guid>
<pubDate>${new Date(published).toUTCString()}</pubDate>
<description>${escapeHtml(contentOf(page, happening))}</description>
</item>`
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${escapeHtml(page.name)}</title>
<link>${escapeHtml(page.url)}/status</link>
<description>${escapeHtml(page.name)}</description>
<language>${page.locale}</language>
<lastBuildDate>${new Date(latest(page)).toUTCString()}</lastBuildDate>
<atom:link rel="self" type="application/rss+xml" href="${escapeHtml(page.url)}/status/feed.rss"/>
${items.join('\n')}
</channel>
</rss>
`
}

function newest(page: StatusPage): readonly Happening[] {
  return page.happenings.slice(0, entriesMax)
}

function latest(page: StatusPage): string {
  return (
    newest(page)
      .map((happening) => datesOf(happening)[1])
      .toSorted()
      .at(-1) ?? page.updatedAt
  )
}

function datesOf({ updates, startedAt }: Happening): [published: string, updated: string] {
  return [updates[0]?.publishedAt ?? startedAt, updates.at(-1)?.publishedAt ?? startedAt]
}

/** By the tag scheme (RFC 4151): it outlives a move to another address only if the host stays, as the scheme says. */
function entryId(page: StatusPage, happening: Happening): string {
  return `tag:${tagAuthority(page)}:${happening.kind}/${happening.publicId}`
}

function tagAuthority({ url }: StatusPage): string {
  return `${new URL(url).hostname},2026`
}

function titleOf({ locale }: StatusPage, { title, phase }: Happening): string {
  return `${title} (${wordsIn(locale).phases[phase].toLowerCase()})`
}

function linkOf({ url }: StatusPage, { publicId }: Happening): string {
  return `${url}/status/incidents/${publicId}`
}

function contentOf({ locale }: StatusPage, { updates }: Happening): string {
  const words = wordsIn(locale)
  return updates
    .toReversed()
    .map(
      ({ phase, body, publishedAt }) =>
        `<p><strong>${words.phases[phase]}</strong> · ${timeWords(publishedAt, words)}</p>${paragraphs(body)}`,
    )
    .join('\n')
}
