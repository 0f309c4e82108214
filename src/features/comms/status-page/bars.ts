/**
 * Ninety days of a component: a bar each in one small picture, and in words for whoever does not see it. Bad days stand
 * taller and unknown ones lower, so that colour is not all that tells them apart.
 */
import { escapeHtml } from '../../../lib/html.ts'
import { plural } from '../../../lib/words.ts'
import type { Component } from './page.ts'
import { componentStates } from './record.ts'
import { type Day, percent } from './uptime.ts'
import { dateWords, spanWords, stateNames } from './words.ts'

const [step, width, height] = [4, 3, 28] as const
/** Where a bar begins, from above. */
const tops = { unknown: 16, operational: 6 } as const

export function bars({ name, days, uptime }: Component): string {
  const paths = (['unknown', ...componentStates] as const).flatMap((state) => {
    const top = state === 'unknown' || state === 'operational' ? tops[state] : 0
    const drawn = days.flatMap((day, index) =>
      (day.state ?? 'unknown') === state ? [`M${index * step} ${top}h${width}v${height - top}h-${width}z`] : [],
    )
    return drawn.length === 0 ? [] : [`<path class="${state}" d="${drawn.join('')}"/>`]
  })
  const bad = days.filter(isBad)
  const unknown = days.filter(({ state }) => state === null).length
  const label = [
    `${name}, the last ${days.length} days:`,
    `${plural(bad.length, 'day', 'days')} with disruptions or maintenance`,
    ...(unknown > 0 ? [`and ${plural(unknown, 'day', 'days')} of which nothing is known`] : []),
  ].join(' ')
  const share = uptime.share === null ? 'Uptime unknown' : `${percent(uptime.share)} uptime`
  return `<svg class="bars" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${days.length * step - 1} ${height}" preserveAspectRatio="none">${paths.join('')}</svg>
<p class="row soft"><span>${days.length} days ago</span><span>${share} · ${percent(uptime.known)} known</span><span>Today</span></p>${details(bad)}`
}

function isBad({ state }: Day): boolean {
  return state !== null && state !== 'operational'
}

function details(bad: readonly Day[]): string {
  if (bad.length === 0) return ''
  const lines = bad.toReversed().map(({ date, spent }) => {
    const parts = componentStates
      .toReversed()
      .flatMap((state) => (spent[state] ? [`${stateNames[state].toLowerCase()} for ${spanWords(spent[state])}`] : []))
    return `<li>${dateWords(date)}: ${parts.join(', ')}</li>`
  })
  return `<details><summary>${plural(bad.length, 'day', 'days')} with disruptions or maintenance</summary><ul>${lines.join('')}</ul></details>`
}
