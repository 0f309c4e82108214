/** The pages that clients read. Drawn from what was published alone, by pure functions. */
import { escapeHtml, paragraphs } from '../../../lib/html.ts'
import { shorten } from '../../../lib/text.ts'
import { bars } from './bars.ts'
import { type Drawing, document } from './document.ts'
import { type Component, daysShown, groupsOf, type StatusPage } from './page.ts'
import { type Happening, isOpen, isUnderWay, type Update } from './record.ts'
import { dateWords, monthWords, spanWords, timeWords, type Words, wordsIn } from './words.ts'

/** A page of a long night stays small: the rest stands on the happening's own page. */
const updatesShown = 3
const openShown = 10
const wordsShown = 600
const recentDays = 14
const recentShown = 10
const historyShown = 150

export function overview(page: StatusPage, drawing: Drawing): string {
  const { say } = drawing
  const words = wordsIn(page.locale)
  const open = page.happenings.filter(isUnderWay)
  const planned = page.happenings
    .filter((happening) => isOpen(happening) && happening.phase === 'scheduled')
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
  const since = new Date(Date.parse(page.builtAt) - recentDays * 86_400_000).toISOString()
  const recent = page.happenings.filter(({ endedAt }) => endedAt !== null && endedAt >= since)
  const flags = { [page.state]: true }
  const main = [
    `<p class="now ${page.state}" role="status">${escapeHtml(say('headline', { operational: false, maintenance: false, degraded: false, partial: false, major: false, ...flags }))}</p>`,
    ...section(words.goingOn, [
      ...open.slice(0, openShown).map((happening) => card(happening, page)),
      ...rest(open.length - openShown, words),
    ]),
    `<h2>${words.components}</h2>`,
    ...groupsOf(page).map(({ name, components }) => group(name, components, words)),
    `<p class="soft">${escapeHtml(say('uptime', { days: daysShown, ...inPercent(page.weights) }))}</p>`,
    ...section(words.plannedWork, [
      ...planned.slice(0, openShown).map((happening) => card(happening, page)),
      ...rest(planned.length - openShown, words),
    ]),
    `<h2>${words.lastDays(recentDays)}</h2>`,
    recent.length === 0
      ? `<p>${escapeHtml(say('nothing-happened', { days: recentDays, isNow: open.length > 0 }))}</p>`
      : list(recent.slice(0, recentShown), words),
    ...rest(recent.length - recentShown, words),
  ]
  return document(page, { title: page.name, main: main.join('\n'), path: '/status' }, drawing)
}

function inPercent({ degraded, partial, major }: StatusPage['weights']): Record<string, string> {
  const words = (weight: number) => `${Math.round(weight * 100)} %`
  return { degraded: words(degraded), partial: words(partial), major: words(major) }
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`<h2>${title}</h2>`, ...parts]
}

function rest(count: number, words: Words): string[] {
  return count > 0 ? [`<p><a href="/status/history">${words.moreInHistory(count)}</a></p>`] : []
}

function group(name: string, components: readonly Component[], words: Words): string {
  const items = components.map((component) => {
    const { state, description } = component
    const about = description === '' ? '' : `<p class="soft">${escapeHtml(description)}</p>`
    return `<li class="card"><div class="row"><span class="name">${escapeHtml(component.name)}</span><span class="mark ${state}">${words.states[state]}</span></div>${about}
${bars(component, words)}</li>`
  })
  return `${name === '' ? '' : `<h3>${escapeHtml(name)}</h3>`}<ul>${items.join('\n')}</ul>`
}

function card(happening: Happening, page: StatusPage): string {
  const words = wordsIn(page.locale)
  const newest = happening.updates.toReversed()
  const more =
    newest.length > updatesShown ? `<p><a href="${pathOf(happening)}">${words.allUpdates(newest.length)}</a></p>` : ''
  return `<article class="card"><h3><a href="${pathOf(happening)}">${escapeHtml(happening.title)}</a></h3>
${facts(happening, page)}
${newest
  .slice(0, updatesShown)
  .map((update) => updateHtml(update, happening, page, wordsShown))
  .join('\n')}${more}</article>`
}

/** What, where and when, in a line each. */
function facts(happening: Happening, page: StatusPage): string {
  const { kind, worst, components, startedAt, endsAt, endedAt } = happening
  const words = wordsIn(page.locale)
  const at = (instant: string) => time(instant, words)
  const names = page.components.filter(({ key }) => components.includes(key)).map(({ name }) => name)
  const times =
    kind === 'maintenance' && endsAt !== null
      ? words.fromTo(at(startedAt), at(endsAt))
      : endedAt === null
        ? words.since(at(startedAt))
        : words.sinceUntil(at(startedAt), at(endedAt), spanWords(Date.parse(endedAt) - Date.parse(startedAt), words))
  const state = kind === 'maintenance' ? 'maintenance' : worst
  return `<p class="soft"><span class="mark ${state}">${words.phases[happening.phase]}</span>${names.length === 0 ? '' : ` · ${escapeHtml(names.join(', '))}`}</p><p class="soft">${times}</p>`
}

function updateHtml(update: Update, happening: Happening, { locale }: StatusPage, max: number): string {
  const words = wordsIn(locale)
  const corrected = happening.updates.find(({ id }) => id === update.corrects)
  const note = corrected ? `<p class="soft">${words.corrects(time(corrected.publishedAt, words))}</p>` : ''
  const isCorrected = happening.updates.some(({ corrects }) => corrects === update.id)
  const isForeign = update.locale !== locale
  const remarks = [...(isCorrected ? [words.correctedLater] : []), ...(isForeign ? [words.inOtherLanguage] : [])]
  const head = [time(update.publishedAt, words), ...remarks].join(' · ')
  const body = paragraphs(shorten(update.body, max))
  return `<div class="update"><p><strong>${words.phases[update.phase]}</strong> <span class="soft">· ${head}</span></p>${note}${isForeign ? `<div lang="${update.locale}">${body}</div>` : body}</div>`
}

function time(instant: string, words: Words): string {
  return `<time datetime="${instant}">${timeWords(instant, words)}</time>`
}

export function pathOf({ publicId }: Happening): string {
  return `/status/incidents/${encodeURIComponent(publicId)}`
}

function list(happenings: readonly Happening[], words: Words): string {
  const items = happenings.map((happening) => {
    const { title, startedAt, endedAt, phase } = happening
    const lasted =
      endedAt === null || phase === 'cancelled'
        ? ''
        : ` · ${spanWords(Date.parse(endedAt) - Date.parse(startedAt), words)}`
    return `<li class="update"><a href="${pathOf(happening)}">${escapeHtml(title)}</a><p class="soft">${words.phases[phase]} · <time datetime="${startedAt}">${dateWords(startedAt, words)}</time>${lasted}</p></li>`
  })
  return `<ul>${items.join('\n')}</ul>`
}

/** The newest, or all of a year; the years there are stand below. */
export function history(page: StatusPage, drawing: Drawing, year?: string): string {
  const words = wordsIn(page.locale)
  const shown = year === undefined ? page.happenings.slice(0, historyShown) : page.happenings.filter(beganIn(year))
  const months = [...Map.groupBy(shown, ({ startedAt }) => startedAt.slice(0, 7))]
  const parts = months.map(([month, happenings]) => `<h3>${monthWords(month, words)}</h3>${list(happenings, words)}`)
  const empty = `<p>${escapeHtml(drawing.say('nothing-ever'))}</p>`
  const years = yearsOf(page).map((one) => (one === year ? one : `<a href="/status/history/${one}">${one}</a>`))
  const main = `<h2>${words.history}${year === undefined ? '' : ` ${year}`}</h2>${parts.length === 0 ? empty : parts.join('\n')}
${years.length === 0 ? '' : `<nav aria-label="${words.history}"><p>${years.join(' · ')}</p></nav>`}`
  const path = year === undefined ? '/status/history' : `/status/history/${year}`
  return document(page, { title: words.history, main, path }, drawing)
}

/** Years in which anything began, the newest first. */
export function yearsOf({ happenings }: StatusPage): string[] {
  return [...new Set(happenings.map(({ startedAt }) => startedAt.slice(0, 4)))]
}

function beganIn(year: string): (happening: Happening) => boolean {
  return ({ startedAt }) => startedAt.startsWith(year)
}

export function happeningPage(page: StatusPage, happening: Happening, drawing: Drawing): string {
  const updates = happening.updates
    .toReversed()
    .map((update) => updateHtml(update, happening, page, Number.POSITIVE_INFINITY))
  const main = `<h2>${escapeHtml(happening.title)}</h2>${facts(happening, page)}${updates.join('\n')}`
  return document(page, { title: happening.title, main, path: pathOf(happening) }, drawing)
}
