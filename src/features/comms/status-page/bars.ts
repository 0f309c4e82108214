/**
 * Ninety days of a component: a bar each in one small picture, and in words for whoever does not see it. Bad days stand
 * taller and unknown ones lower, so that colour is not all that tells them apart.
 */
import { escapeHtml } from '../../../lib/html.ts'
import type { Component } from './page.ts'
import { componentStates } from './record.ts'
import { type Day, percent } from './uptime.ts'
import { dateWords, spanWords, type Words } from './words.ts'

/** A bar is three wide, with a gap of one: a dashed line, as thick as the bars are high, for each run of like days. */
const [step, gap, height] = [4, 1, 28] as const
/** As thick as style.ts has it. */
const thickness = { unknown: 12, operational: 22 } as const

export function bars({ name, days, uptime }: Component, words: Words): string {
  const paths = (['unknown', ...componentStates] as const).flatMap((state) => {
    const middle = height - (state === 'unknown' || state === 'operational' ? thickness[state] : height) / 2
    const drawn = runsOf(days, state === 'unknown' ? null : state)
    const lines = drawn.map(({ from, count }) => `M${from * step} ${middle}h${count * step - gap}`)
    return lines.length === 0 ? [] : [`<path class="${state}" d="${lines.join('')}"/>`]
  })
  const bad = days.filter(isBad)
  const unknown = days.filter(({ state }) => state === null).length
  const label = [
    `${name}, ${words.days(days.length)}:`,
    words.badDays(bad.length),
    ...(unknown > 0 ? [words.unknownDays(unknown)] : []),
  ].join(', ')
  const share = uptime.share === null ? words.unknownUptime : words.uptime(percent(uptime.share))
  return `<svg class="bars" role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${days.length * step - gap} ${height}" preserveAspectRatio="none">${paths.join('')}</svg>
<p class="row soft"><span>${words.days(days.length)}</span><span>${share} · ${words.known(percent(uptime.known))}</span></p>${details(bad, words)}`
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

function details(bad: readonly Day[], words: Words): string {
  if (bad.length === 0) return ''
  const lines = bad.toReversed().map(({ date, spent }) => {
    const parts = componentStates
      .toReversed()
      .flatMap((state) => (spent[state] ? [words.stateFor(words.states[state], spanWords(spent[state], words))] : []))
    return `<li>${dateWords(date, words)}: ${parts.join(', ')}</li>`
  })
  return `<details><summary>${words.badDays(bad.length)}</summary><ul>${lines.join('')}</ul></details>`
}
