import sax from 'sax'
import { expect, test } from 'vitest'
import { busyPage, now, published, settings } from '../../../../tests/support/status-page.ts'
import { maintenanceCalendar } from './calendar.ts'
import { atomFeed, rssFeed } from './feeds.ts'
import { pageOf } from './page.ts'

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

/** By a strict parser that knows nothing of us; what is no XML throws. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = sax.parser(true)
  parser.onopentag = ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  }
  parser.onclosetag = () => {
    open.pop()
  }
  parser.ontext = (text) => {
    const element = open.at(-1)
    if (element) element.text += text
  }
  parser.write(xml).close()
  const [first] = root.children
  if (!first) throw new Error('an empty document')
  return first
}

const all = (element: Element, name: string) => element.children.filter((child) => child.name === name)
const textOf = (element: Element, name: string) => {
  const found = all(element, name)
  expect(found, name).toHaveLength(1)
  return found[0]?.text ?? ''
}

const empty = pageOf(settings, { updates: [], watched: new Map() }, now)

test.each([
  ['in a bad week', busyPage],
  ['before anything happened', empty],
])('the Atom feed has what RFC 4287 asks for, %s', (_when, page) => {
  const feed = parse(atomFeed(page))
  expect(feed).toMatchObject({ name: 'feed', attributes: { xmlns: 'http://www.w3.org/2005/Atom' } })
  expect(textOf(feed, 'title')).toBe('Acme & Søns <status>')
  expect(all(feed, 'link').map(({ attributes }) => attributes.rel)).toContain('self')
  for (const element of [feed, ...all(feed, 'entry')]) {
    expect(() => new URL(textOf(element, 'id'))).not.toThrow()
    expect(new Date(textOf(element, 'updated')).toISOString()).toBe(textOf(element, 'updated'))
    expect(textOf(element, 'title')).not.toBe('')
  }
  const ids = all(feed, 'entry').map((entry) => textOf(entry, 'id'))
  expect(new Set(ids).size).toBe(ids.length)
})

test.each([
  ['in a bad week', busyPage],
  ['before anything happened', empty],
])('the RSS feed has what RSS 2.0 asks for, %s', (_when, page) => {
  const rss = parse(rssFeed(page))
  expect(rss).toMatchObject({ name: 'rss', attributes: { version: '2.0' } })
  const [channel] = all(rss, 'channel')
  if (!channel) throw new Error('no channel')
  for (const name of ['title', 'link', 'description', 'lastBuildDate']) expect(textOf(channel, name)).not.toBe('')
  for (const item of all(channel, 'item')) {
    expect(textOf(item, 'pubDate')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
    expect(all(item, 'guid')[0]?.attributes.isPermaLink).toBe('false')
    expect(() => new URL(textOf(item, 'link'))).not.toThrow()
  }
})

test('building a feed again, later, changes nothing in it: no reader shows old news as new', () => {
  const later = pageOf(settings, published, new Date(now.getTime() + 3_600_000))
  expect(atomFeed(later)).toBe(atomFeed(busyPage))
  expect(rssFeed(later)).toBe(rssFeed(busyPage))
})

test('an entry has all that was said, the newest first, and nobody’s markup', () => {
  const feed = parse(atomFeed(busyPage))
  const open = all(feed, 'entry').find((entry) => textOf(entry, 'title').startsWith('Incident <104>'))
  const content = open ? textOf(open, 'content') : ''
  expect(content.match(/<strong>/g)).toHaveLength(8)
  expect(content.indexOf('Identified')).toBeLessThan(content.indexOf('Investigating'))
  expect(content).toContain('&lt;!channel&gt; &amp; ]]&gt;')
})

test('planned work is a calendar: no line too long, everything escaped, what was called off marked so', () => {
  const calendar = maintenanceCalendar(busyPage)
  const lines = calendar.split('\r\n')
  expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([])
  expect(lines[0]).toBe('BEGIN:VCALENDAR')
  expect(calendar.match(/BEGIN:VEVENT/g)).toHaveLength(3)
  const unfolded = calendar.replaceAll('\r\n ', '')
  expect(unfolded).toContain('SUMMARY:Planned\\; work\\, 1\\\\')
  expect(unfolded).toContain('DESCRIPTION:Paying pauses for ten minutes\\;\\nsearching does not.')
  expect(unfolded.match(/STATUS:CANCELLED/g)).toHaveLength(1)
  expect(maintenanceCalendar(pageOf(settings, published, new Date(now.getTime() + 1e6)))).toBe(calendar)
})
