/** What `/oncall` shows: who it is, how heavy it is, what was tested, and the numbers for when all else fails. */
import type { Call } from '../../core/call.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { wallTime, zoneOf } from '../../lib/wallclock.ts'
import { plural } from '../../lib/words.ts'
import { pages } from './aggregate.ts'
import { seeSchedule } from './reading.ts'
import { rosters, theRoster } from './roster/aggregate.ts'
import { rosterLines } from './roster/lines.ts'
import { loadRoster } from './roster/store.ts'
import type { Rules } from './rules.ts'
import { callsSince, openPages } from './store.ts'
import { scheduleLine, statusWords } from './views.ts'
import { stepLines } from './why.ts'

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
  if (there.length > 0) await lookAgain(call)
  const roster = there.length > 0 ? await loadRoster(call.db, theRoster) : null
  lines.push(...rosterLines(there, { roster, people, now: call.now }))
  if (lines.length === 0) lines.push('No schedule is kept here.')
  return [...lines, `Teams: ${rules.teams.map(bold).join(', ') || 'none'}. \`/oncall page <team> <why>\` pages one.`]
}

/** Whoever asks is answered from what is known, and the next one from what is seen now. */
async function lookAgain(call: Call): Promise<void> {
  await call.perform(rosters, theRoster, { type: 'roster.look' })
}

export async function teamLines(call: Call, team: string): Promise<string[]> {
  const rules = call.policy(pages)
  const steps = await stepLines(call, rules, { team, person: null })
  // What another page is about may be private: who reads this learns only that there is one.
  const open = (await openPages(call.db, team)).map((page) => `• ${statusWords(page)}`)
  return [`${bold(team)} is called in this order:`, ...steps, ...(open.length > 0 ? ['*Under way*', ...open] : [])]
}

export async function loadLines(call: Call): Promise<string[]> {
  const rules = call.policy(pages)
  const calls = (await callsSince(call.db, new Date(call.now.getTime() - 28 * day))).filter((one) => !one.isTest)
  const atNight = calls.filter(({ person, calledAt }) => isNight(rules, person, calledAt))
  const byPerson = Map.groupBy(calls, ({ person }) => person)
  const mostCalls = Math.max(0, ...[...byPerson.values()].map((own) => own.length))
  const own = byPerson.get(call.person.id)?.length ?? 0
  const nightsInARow = Math.max(0, ...[...byPerson.keys()].map((person) => longestRun(atNight, person)))
  const lines = [
    `*The last four weeks:* ${plural(calls.length, 'page', 'pages')}, ${atNight.length} of them at night (22:00 to 06:00, where that person lives), for ${plural(byPerson.size, 'person', 'people')}.`,
    `You: ${plural(own, 'page', 'pages')}. Whoever had most: ${mostCalls}.`,
  ]
  if (nightsInARow >= 2)
    lines.push(`Somebody was woken ${nightsInARow} nights in a row: plan a day off, or an override for tonight.`)
  if (byPerson.size > 1 && mostCalls > 2 * (calls.length / byPerson.size))
    lines.push('The pages fall on few: more people in the rotation, or fewer alerts that page, would be a relief.')
  return lines
}

function isNight(rules: Rules, person: string, at: string): boolean {
  const { minutes } = wallTime(zoneOf(rules.people[person]?.timeZone ?? 'UTC'), Date.parse(at))
  return minutes >= 22 * 60 || minutes < 6 * 60
}

function longestRun(calls: readonly { person: string; calledAt: string }[], person: string): number {
  // The night that begins at 22:00 and the morning after it are one: counted from noon to noon.
  const nights = calls
    .filter((one) => one.person === person)
    .map(({ calledAt }) => Math.floor((Date.parse(calledAt) - day / 2) / day))
  const sorted = [...new Set(nights)].toSorted((a, b) => a - b)
  let longest = 0
  let run = 0
  for (const [index, night] of sorted.entries()) {
    run = index > 0 && sorted[index - 1] === night - 1 ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}

export async function evidenceLines(call: Call): Promise<string[]> {
  const calls = await callsSince(call.db, new Date(call.now.getTime() - 92 * day))
  const tests = calls.filter((one) => one.isTest)
  if (tests.length === 0) return ['No test page was sent in the last three months. `/oncall test <team>` sends one.']
  return tests.slice(0, 20).map(({ person, calledAt, acknowledgedAt, page }) => {
    const answered =
      acknowledgedAt === null
        ? '*not acknowledged by them*'
        : `acknowledged after ${formatDuration(Math.max(1_000, Date.parse(acknowledgedAt) - Date.parse(calledAt)))}`
    return `• ${when(calledAt)} ${bold(page.replace(/^test-/, ''))} ${mention(person)}: ${answered}`
  })
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
