/** What is read to answer «who is it?»: the live schedules with their overrides, for now and for what comes. */
import type { Db } from '../../core/db.ts'
import type { Instant } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import { wallWords } from '../../lib/wallclock.ts'
import type { Reachable, SeenLast, Step } from './domain.ts'
import { theRoster } from './roster/aggregate.ts'
import { ageWords, calledThere, reachable } from './roster/lines.ts'
import { loadRoster } from './roster/store.ts'
import { type Shift, shiftsBetween } from './rotation.ts'
import { makeRules, type Rules } from './rules.ts'
import type { Schedule } from './schedules.ts'
import { loadSchedule } from './store.ts'

export interface SeenSchedule {
  name: string
  schedule: Schedule | null
  shifts: readonly Shift[]
}

const weeks = 5 * 7 * 86_400_000

export async function seeSchedule(db: Db, rules: Rules, name: string, now: Date): Promise<SeenSchedule | null> {
  const rotation = rules.rotationOf(name)
  if (!rotation) return null
  const schedule = await loadSchedule(db, name)
  const shifts = shiftsBetween(rotation, schedule?.overrides ?? [], now.getTime(), now.getTime() + weeks)
  return { name, schedule, shifts }
}

/** Whom a step would call now: people as ids, and what nobody can be named for. */
export async function whomWouldCall(
  db: Db,
  rules: Rules,
  { step, team, now }: { step: Step; team: string | null; now: Date },
): Promise<Called[]> {
  const found: Called[] = []
  // In sequence: a step names a handful.
  for (const called of step.call) {
    const name = /^schedule (.+)$/.exec(called)?.[1]
    if (called === 'pagerduty') found.push(await thereFor(db, rules, team, now))
    else if (name === undefined) found.push({ person: called, source: null, there: [], away: null })
    else {
      const seen = await seeSchedule(db, rules, name, now)
      found.push({ person: seen?.shifts[0]?.person ?? null, source: `schedule ${name}`, there: [], away: null })
    }
  }
  return found
}

/** PagerDuty calls by its own policy; whom, we know as it was seen last. */
async function thereFor(db: Db, rules: Rules, team: string | null, now: Date): Promise<Called> {
  const own = rules.there.find((one) => one.team === team)
  const roster = own ? await loadRoster(db, theRoster) : null
  const entries = own ? calledThere(roster, own) : []
  const there = entries.map((entry) => reachable(entry, rules.people))
  const away = roster?.failingSince ? { since: roster.failingSince, seen: ageWords(roster, now) } : null
  return { person: null, source: 'PagerDuty', there, away }
}

/** Whom PagerDuty would call, with their numbers: for when it does not. */
export async function seenLastFor(db: Db, rules: Rules, team: string | null): Promise<SeenLast> {
  const own = rules.there.find((one) => one.team === team)
  const roster = own ? await loadRoster(db, theRoster) : null
  const ring = own ? calledThere(roster, own).map((entry) => reachable(entry, rules.people)) : []
  return { ring, seenAt: roster?.seenAt ?? null }
}

/** Who is on call in a team now: whoever its schedules name, and the first whom PagerDuty would call. */
export async function onDuty(db: Db, ground: Ground, { team, now }: { team: string; now: Date }): Promise<string[]> {
  const rules = makeRules(ground)
  const found: string[] = []
  // In sequence: a climb has a handful of steps.
  for (const step of rules.stepsFor({ team, person: null })) {
    for (const { person, source, there } of await whomWouldCall(db, rules, { step, team, now })) {
      // Whom the climb names outright is called when their time comes, not before.
      const meant = source === 'PagerDuty' ? (there[0]?.person ?? null) : source === null ? null : person
      if (meant !== null && !found.includes(meant)) found.push(meant)
    }
  }
  return found
}

export interface Called {
  /** Null: PagerDuty knows whom, or nobody is on call. */
  person: string | null
  /** Where the name comes from; null when the configuration names the person. */
  source: string | null
  /** Whom PagerDuty would call, the first first. */
  there: readonly Reachable[]
  /** Since when PagerDuty has not answered, and how old what we know of it is; null while it does. */
  away: { since: Instant; seen: string } | null
}

/** «03:12 there», where the configuration knows where that is. */
export function localTime(rules: Rules, person: string, now: Date): string | null {
  const zone = rules.people[person]?.timeZone
  return zone ? wallWords(zone, now.getTime()) : null
}
