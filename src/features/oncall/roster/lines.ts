/** What people read of PagerDuty's own on-call: the names, how old that is, and the numbers while it is away. */
import { formatDuration } from '../../../lib/duration.ts'
import { bold, escapeInline, mention, when } from '../../../lib/mrkdwn.ts'
import type { OncallConfig } from '../config.ts'
import type { Reachable } from '../domain.ts'
import type { Entry, Roster } from './domain.ts'

type People = OncallConfig['people']

export interface TeamThere {
  team: string
  policy: string | null
  schedules: readonly string[]
}

export function personOf({ user }: Entry, people: People): string | null {
  return personNamed(user, people)
}

/** The Slack id of somebody there: by the id that tocsin.yml gives, else by the address of their mail. */
export function personNamed(user: { id: string; email: string | null }, people: People): string | null {
  const found = Object.entries(people).find(
    ([, { pagerduty, email }]) =>
      pagerduty === user.id || (email !== null && email.toLowerCase() === user.email?.toLowerCase()),
  )
  return found?.[0] ?? null
}

/** Those whom PagerDuty would call for a team, the first first, each once. */
export function calledThere(roster: Roster | null, { policy, schedules }: TeamThere): readonly Entry[] {
  const meant = (roster?.entries ?? []).filter(
    (entry) =>
      (policy !== null && entry.policy === policy) || (entry.schedule !== null && schedules.includes(entry.schedule)),
  )
  const sorted = meant.toSorted((a, b) => a.level - b.level)
  return sorted.filter(({ user }, index) => sorted.findIndex((other) => other.user.id === user.id) === index)
}

/** For `/oncall`. Numbers are said when they are needed: while PagerDuty is away. */
export function rosterLines(
  teams: readonly TeamThere[],
  { roster, people, now }: { roster: Roster | null; people: People; now: Date },
): string[] {
  if (teams.length === 0) return []
  if (roster === null || (roster.seenAt === null && roster.failingSince === null))
    return ['PagerDuty is being asked for the first time: `/oncall` again in a moment.']
  if (roster.seenAt === null) return [...stateLines(roster, now), '`/oncall contacts` has the numbers of our people.']
  const isAway = roster.failingSince !== null
  const lines = teams.map((one) => {
    const called = calledThere(roster, one)
    const words = called.map((entry) => nameWords(entry, people, isAway))
    return `${bold(one.team)} in PagerDuty: ${words.join(', then ') || '*nobody is known*'}`
  })
  return [...stateLines(roster, now), ...lines]
}

function nameWords(entry: Entry, people: People, withNumber: boolean): string {
  if (withNumber) return ringWords([reachable(entry, people)])
  const person = personOf(entry, people)
  return person === null ? escapeInline(entry.user.name) : mention(person)
}

/** Our own number of somebody goes before the one that PagerDuty has. */
export function reachable(entry: Entry, people: People): Reachable {
  const person = personOf(entry, people)
  const own = person === null ? null : (people[person]?.phone ?? null)
  return { person, name: entry.user.name, phone: own ?? entry.user.phone }
}

/** «@ben (+351 555 0102), then @dmitri (no number is known)» */
export function ringWords(ring: readonly Reachable[]): string {
  return ring
    .map(({ person, name, phone }) => {
      const who = person === null ? escapeInline(name) : mention(person)
      return `${who} (${phone === null ? 'no number is known' : escapeInline(phone)})`
    })
    .join(', then ')
}

function stateLines(roster: Roster, now: Date): string[] {
  if (roster.failingSince !== null) {
    const known =
      roster.seenAt === null ? 'It never answered so far.' : `What follows was seen ${ageWords(roster, now)}.`
    const why = whyAway(roster.failure ?? '')
    return [`:warning: *PagerDuty has not answered* since ${when(roster.failingSince)}: ${why}. ${known}`]
  }
  return [`PagerDuty, seen ${ageWords(roster, now)}:`]
}

const reasons: Record<string, string> = {
  no_pagerduty_token: 'set PAGERDUTY_TOKEN',
  pagerduty_http_401: 'it does not take PAGERDUTY_TOKEN',
  pagerduty_http_403: 'PAGERDUTY_TOKEN may not read who is on call',
  pagerduty_http_429: 'it is asked more often than it allows',
  pagerduty_timeout: 'no answer in time',
  pagerduty_unreachable: 'it cannot be reached',
}

function whyAway(code: string): string {
  const status = /^pagerduty_http_(5\d\d)$/.exec(code)?.[1]
  return reasons[code] ?? (status ? `it answers with an error (${status})` : `\`${escapeInline(code)}\``)
}

export function ageWords({ seenAt }: Roster, now: Date): string {
  if (seenAt === null) return 'never'
  const age = now.getTime() - Date.parse(seenAt)
  return age < 60_000 ? 'just now' : `${formatDuration(Math.floor(age / 60_000) * 60_000)} ago`
}
