/** How it looks what a step saw: a sentence, figures with how they came there, and where all of it stands. */
import type { Block, Seen } from '../../core/effects.ts'
import { context, section } from '../../lib/blocks.ts'
import { bold, escapeInline, link, when } from '../../lib/mrkdwn.ts'
import { shortened } from './cut.ts'
import type { Step } from './domain.ts'
import { figure } from './plain-words.ts'

const outputMax = 900
const seriesShown = 5

export function seenParts({ seen, at, id }: Step, pageUrl: string): Block[] {
  if (seen === null) return []
  const shown = seenLines({ ...seen, series: seen.series.slice(0, seriesShown) })
  const more = seen.series.length - seriesShown
  const text = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
  const mark = { ok: ':mag:', bad: ':x:', unknown: ':grey_question:' }[seen.outcome]
  const time = at === null ? '' : ` · ${when(at, '{time_secs}')}`
  const isCut = more > 0 || text.length > outputMax
  return [
    section(`${mark} ${shortened(text, outputMax)}${time}`),
    ...(isCut ? [context([link(`${pageUrl}#${id}`, 'All of it')])] : []),
  ]
}

function seenLines(seen: Seen): string[] {
  return [
    escapeInline(seen.summary),
    ...seen.series.map(({ labels, value, points }) => {
      const name = labels === '' ? '' : ` ${escapeInline(labels)}`
      return `${bold(figure(value))} \`${sparkline(points)}\`${name}`
    }),
  ]
}

const bars = '▁▂▃▄▅▆▇█'

function sparkline(points: readonly number[]): string {
  const known = points.filter(Number.isFinite)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  if (known.length === 0) return '–'
  return points
    .map((point) => {
      if (!Number.isFinite(point)) return ' '
      const share = high === low ? 0 : (point - low) / (high - low)
      return bars[Math.round(share * (bars.length - 1))] ?? ''
    })
    .join('')
}
