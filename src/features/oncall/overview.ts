/** What `/oncall` shows: who it is, how heavy it is, what was tested, and the numbers for when all else fails. */
import type { Call } from '../../core/call.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import { plural } from '../../lib/words.ts'
import { pages } from './aggregate.ts'
import { type Load, loadOf, type ShiftLoad, type ShiftOf } from './load.ts'
import { seeSchedule } from './reading.ts'
import { theRoster } from './roster/aggregate.ts'
import { rosterLines } from './roster/lines.ts'
import { loadRoster } from './roster/store.ts'
import { shiftsBetween } from './rotation.ts'
import type { Rules } from './rules.ts'
import { callsSince, loadSchedule, openPages, testCallsSince } from './store.ts'
import { scheduleLine, statusWords } from './views.ts'
import { lookAgain, stepLines } from './why.ts'

const day = 86_400_000

export async function overviewOf(call: Call): Promise<string[]> {
  const rules = call.policy(pages)
  const lines: string[] = []
  // In sequence: one connection is enough for a question.
  for (const name of rules.schedules) {
    const seen = await seeSchedule(call.db, rules, name, call.now)
    if (seen) lines.push(scheduleLine(name, rules, seen))
  }
  const { there, people } = rules
  await lookAgain(call, rules)
  const roster = there.length > 0 ? await loadRoster(call.db, theRoster) : null
  lines.push(...rosterLines(there, { roster, people, now: call.now }))
  if (lines.length === 0) lines.push('No schedule is kept here.')
  return [
    ...lines,
    `Teams: ${rules.teams.map(bold).join(', ') || 'none'}. \`/oncall page <team> <why>\` pages one.`,
    ...(await untestedLines(call)),
  ]
}

const testedWithin = 31 * day

/** A way to somebody's phone that nobody has tried for a month may be none. */
async function untestedLines({ db, now }: Call): Promise<string[]> {
  const tests = await testCallsSince(db, new Date(now.getTime() - testedWithin))
  if (tests.length > 0) return []
  return ['No test page was sent in the last month: `/oncall test <team>` shows whether pages arrive.']
}

export async function teamLines(call: Call, team: string): Promise<string[]> {
  const rules = call.policy(pages)
  await lookAgain(call, rules)
  const steps = await stepLines(call, rules, { team, person: null })
  // What another page is about may be private: who reads this learns only that there is one.
  const open = (await openPages(call.db, team)).map((page) => `• ${statusWords(page)}`)
  return [`${bold(team)} is called in this order:`, ...steps, ...(open.length > 0 ? ['*Under way*', ...open] : [])]
}

const weeks = 28 * day
const shiftsShown = 6

export async function loadLines(call: Call): Promise<string[]> {
  const rules = call.policy(pages)
  const since = call.now.getTime() - weeks
  const calls = await callsSince(call.db, new Date(since))
  const zoneOfPerson = (person: string) => zoneOf(rules.people[person]?.timeZone ?? 'UTC')
  const load = loadOf(calls, await shiftsSince(call, since), zoneOfPerson)
  const own = calls.filter(({ person }) => person === call.person.id).length
  const limit = rules.incidentsAShift
  const above = load.shifts.filter((shift) => shift.incidents > limit)
  return [
    `*The last four weeks:* ${plural(load.pages, 'page', 'pages')}, ${load.atNight} of them at night (22:00 to 06:00, where that person lives) and ${load.outOfHours} more outside of working hours, for ${plural(load.people, 'person', 'people')}.`,
    `You: ${plural(own, 'page', 'pages')}. Whoever had most: ${load.mostForOne}.`,
    ...shiftLines(load.shifts, limit),
    ...reliefLines(load, above.length),
  ]
}

async function shiftsSince(call: Call, since: number): Promise<ShiftOf[]> {
  const rules = call.policy(pages)
  const found: ShiftOf[] = []
  // In sequence: a handful of schedules.
  for (const schedule of rules.schedules) {
    const rotation = rules.rotationOf(schedule)
    if (!rotation) continue
    const stored = await loadSchedule(call.db, schedule)
    const shifts = shiftsBetween(rotation, stored?.overrides ?? [], since, call.now.getTime())
    found.push(...shifts.map((shift) => ({ ...shift, schedule })))
  }
  return found
}

/** Without names: a heavy shift says something about the alerts, not about whoever had it. */
function shiftLines(shifts: readonly ShiftLoad[], limit: number): string[] {
  const heavy = shifts.filter((shift) => shift.pages > 0).slice(0, shiftsShown)
  if (heavy.length === 0) return []
  const lines = heavy.map(({ schedule, from, pages: count, incidents, atNight }) => {
    const night = atNight > 0 ? `, ${atNight} at night` : ''
    const isAbove = incidents > limit ? ` *above the limit of ${limit}*` : ''
    return `• ${bold(schedule)} from ${when(new Date(from).toISOString())}: ${plural(count, 'page', 'pages')} for ${plural(incidents, 'incident', 'incidents')}${night}${isAbove}`
  })
  return ['*By shift*', ...lines]
}

function reliefLines(load: Load, shiftsAbove: number): string[] {
  const lines: string[] = []
  if (shiftsAbove > 0)
    lines.push(
      `${plural(shiftsAbove, 'shift', 'shifts')} had more than anybody can follow up on: \`/alert noisy\` shows which alerts could page less.`,
    )
  if (load.nightsInARow >= 2)
    lines.push(`Somebody was woken ${load.nightsInARow} nights in a row: plan a day off, or an override for tonight.`)
  if (load.people > 1 && load.mostForOne > 2 * (load.pages / load.people))
    lines.push('The pages fall on few: more people in the rotation, or fewer alerts that page, would be a relief.')
  return lines
}

export function contactLines(rules: Rules): string[] {
  const people = Object.entries(rules.people).map(
    ([id, { name, phone, email }]) => `• ${escapeInline(name)} ${mention(id)}: ${known(phone)} · ${known(email)}`,
  )
  const others = rules.contacts.map(
    ({ name, for: what, phone, email, url, note }) =>
      `• ${bold(name)} (${escapeInline(what)}): ${
        [phone, email, url, note]
          .filter((part) => part)
          .map((part) => escapeInline(part ?? ''))
          .join(' · ') || 'nothing is known'
      }`,
  )
  return [
    '*Our people*',
    ...(people.length > 0 ? people : ['Nobody stands in tocsin.yml yet.']),
    '*Those who support us*',
    ...(others.length > 0 ? others : ['Nobody stands in tocsin.yml yet.']),
  ]
}

function known(text: string | null): string {
  return text === null ? 'not known' : escapeInline(text)
}
