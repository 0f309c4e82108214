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

/** A bar is three wide, with a gap of one: a dashed line, as thick as the bars are high, for each run of like days. */
const [step, gap, height] = [4, 1, 28] as const
/** As thick as style.ts has it. */
const thickness = { unknown: 12, operational: 22 } as const

export function bars({ name, days, uptime }: Component): string {
  const paths = (['unknown', ...componentStates] as const).flatMap((state) => {
    const middle = height - (state === 'unknown' || state === 'operational' ? thickness[state] : height) / 2
    const drawn = runsOf(days, state === 'unknown' ? null : state)
    const lines = drawn.map(({ from, count }) => `M${from * step} ${middle}h${count * step - gap}`)
    return lines.length === 0 ? [] : [`<path class="${state}" d="${lines.join('')}"/>`]
  })
  const bad = days.filter(isBad)
  const unknown = days.filter(({ state }) => state === null).length
  const label = [
    `${name}, the last ${days.length} days:`,
    `${plural(bad.length, 'day', 'days')} with disruptions or maintenance`,
    ...(unknown > 0 ? [`and ${plural(unknown, 'day', 'days')} of which nothing is known`] : []),
  ].join(' ')
  const share = uptime.share === null ? 'Uptime unknown' : `${percent(uptime.share)} uptime`
  return `<svg class="bars" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${days.length * step - gap} ${height}" preserveAspectRatio="none">${paths.join('')}</svg>
<p class="row soft"><span>${days.length} days</span><span>${share} · ${percent(uptime.known)} known</span></p>${details(bad)}`
}

/** Days of one state, one after the other. */
function runsOf(days: readonly Day[], state: Day['state']): { from: number; count: number }[] {
  const runs: { from: number; count: number }[] = []
  for (const [index, day] of days.entries()) {
    if (day.state !== state) continue
    const last = runs.at(-1)
    if (last && last.from + last.count === index) last.count += 1
    else runs.push({ from: index, count: 1 })
  }
  return runs
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
