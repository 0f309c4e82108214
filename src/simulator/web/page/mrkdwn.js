/**
 * Slack's mrkdwn as descriptions of elements. Text from outside only ever becomes text: whatever looks like markup
 * is drawn letter by letter, and a link leads only where a link may lead.
 */

import { dateWords } from './dates.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'

const fence = /```\n?([\s\S]*?)\n?```/g

// Code, <reference>, then *bold*, _italic_ and ~strike~, whose marks count only at the edges of words. A reference is
// one unit inside them, so that an underscore in a link does not end the italics around it.
const inlineMarks =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?![\s*_~])((?:<[^<>\n]+>|(?!\3)[^<\n])+?)(?<!\s)\3(?![\p{L}\p{N}])/gu

const tags = { '*': 'b', _: 'i', '~': 's' }

/**
 * @param {string} text
 * @param {{ person(id: string): string | undefined, channel(id: string): { name: string } | undefined, now: Date }} names
 */
export function mrkdwn(text, names) {
  const parts = []
  let from = 0
  for (const match of text.matchAll(fence)) {
    parts.push(...lines(text.slice(from, match.index), names))
    parts.push(h('pre', { class: 'code-block' }, unescaped(match[1])))
    from = match.index + match[0].length
  }
  parts.push(...lines(text.slice(from), names))
  return parts
}

/** Lines, of which neighbours that begin with > are one quotation. */
function lines(text, names) {
  if (text === '') return []
  const drawn = []
  let quoted = []
  const endQuote = () => {
    if (quoted.length > 0) drawn.push(h('blockquote', {}, withBreaks(quoted, names)))
    quoted = []
  }
  let plain = []
  const endPlain = () => {
    if (plain.length > 0) drawn.push(...withBreaks(plain, names))
    plain = []
  }
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line)
    if (quote) {
      endPlain()
      quoted.push(quote[1])
    } else {
      endQuote()
      plain.push(line)
    }
  }
  endPlain()
  endQuote()
  return drawn
}

function withBreaks(some, names) {
  return some.flatMap((line, index) => (index === 0 ? inline(line, names) : [h('br'), ...inline(line, names)]))
}

function inline(text, names) {
  const parts = []
  let from = 0
  for (const match of text.matchAll(inlineMarks)) {
    parts.push(...plainWords(text.slice(from, match.index)))
    const [whole, code, reference, mark, inside] = match
    if (code !== undefined) parts.push(h('code', {}, unescaped(code)))
    else if (reference !== undefined) parts.push(drawReference(reference, names))
    else parts.push(h(tags[mark], {}, inline(inside, names)))
    from = match.index + whole.length
  }
  parts.push(...plainWords(text.slice(from)))
  return parts
}

function plainWords(text) {
  return text === '' ? [] : [withEmoji(unescaped(text))]
}

function drawReference(reference, names) {
  const [target, ...rest] = reference.split('|')
  const label = rest.length > 0 ? unescaped(rest.join('|')) : undefined
  if (target.startsWith('@')) return mention(`@${names.person(target.slice(1)) ?? label ?? target.slice(1)}`)
  if (target.startsWith('#')) return channelLink(target.slice(1), label, names)
  if (target.startsWith('!date^')) return drawDate(target, label, names)
  if (target.startsWith('!subteam^')) return mention(label ?? `@${target.slice('!subteam^'.length)}`)
  if (/^!(here|channel|everyone)$/.test(target)) return mention(`@${target.slice(1)}`, 'mention loud')
  if (target.startsWith('!')) return label ?? target
  const url = unescaped(target)
  return link(url, label ?? url)
}

export function mention(words, className = 'mention') {
  return h('span', { class: className }, words)
}

export function channelLink(id, label, names) {
  const channel = names.channel(id)
  if (!channel) return mention(`#${label ?? 'private channel'}`)
  return h('a', { class: 'mention', href: `#/channel/${id}` }, `#${channel.name}`)
}

export function link(url, ...words) {
  if (!mayLeadTo(url)) return h('span', { class: 'refused-link' }, ...words)
  return h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, ...words)
}

// No javascript:, no data:, and nothing else that a browser would act on.
export function mayLeadTo(url) {
  return /^(https?|mailto|tel):/i.test(url)
}

function drawDate(target, fallback, names) {
  const [, seconds, format, url] = target.split('^')
  const moment = new Date(Number(seconds) * 1000)
  if (!format || Number.isNaN(moment.getTime())) return fallback ?? ''
  const time = h(
    'time',
    { datetime: moment.toISOString(), title: moment.toLocaleString() },
    dateWords(moment, format, names.now),
  )
  return url ? link(unescaped(url), time) : time
}

/** Slack sends these three characters escaped, and only these. */
export function unescaped(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
