/** A step in plain words, without marks: for a line of the timeline, a notification, a list. */
import type { Seen } from '../../core/effects.ts'
import { unescapeText } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'

const wordsMax = 120

/** The first line of a step's markup, read as people read it. */
export function plainWords(markup: string): string {
  const [line = ''] = markup.replaceAll('```', '').split('\n')
  const text = line
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    // Around a mark that is only a character of somebody's text stands a joiner; only ours are taken away.
    .replace(/(?<!\u2060)[*`](?!\u2060)/g, '')
    .replace(/(?<![\p{L}\p{N}\u2060])_([^_]+)_(?![\p{L}\p{N}])/gu, '$1')
    .replaceAll('\u2060', '')
  return shorten(unescapeText(text), wordsMax)
}

const seriesShown = 3

/** What a step saw, in a line: nothing when it saw nothing. */
export function outputWords(seen: Seen | null): string {
  if (seen === null) return ''
  const figures = seen.series
    .slice(0, seriesShown)
    .map(({ labels, value }) => `${figure(value)}${labels === '' ? '' : ` (${shorten(labels, 40)})`}`)
  return shorten([...figures, ...(figures.length === 0 ? [seen.summary] : [])].join(', '), wordsMax)
}

export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return size !== 0 && (size >= 1e9 || size < 1e-4) ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}
