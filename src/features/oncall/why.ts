/** «Who would be called?»: the people, the order, the minutes, from the live schedules. Nobody is called. */
import type { Call } from '../../core/call.ts'
import type { PolicyReader } from '../../core/perform.ts'
import { pane } from '../../core/slots.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { list } from '../../lib/words.ts'
import { pages } from './aggregate.ts'
import type { Target } from './domain.ts'
import { takenWithin } from './missed.ts'
import { type Called, localTime, whomWouldCall } from './reading.ts'
import { rosters, theRoster } from './roster/aggregate.ts'
import { ringWords } from './roster/lines.ts'
import type { Rules } from './rules.ts'

export interface WhyAsked {
  service: string
  severity: string | null
  now: Date
  policy: PolicyReader
}

/** What features to the right would do beside: a line each. */
export const whyPane = pane<WhyAsked, string>('oncall.why')

export async function whyLines(
  call: Call,
  { service, target, severity }: { service: string; target: Target; severity: string | null },
): Promise<string[]> {
  const rules = call.policy(pages)
  await lookAgain(call, rules)
  const pagedAt = rules.severities.filter((name) => rules.pagedFor(name) !== null)
  const isPaged = severity === null || rules.pagedFor(severity) !== null
  const about = severity === null ? bold(service) : `${bold(service)} at ${severity}`
  const head = isPaged
    ? `For ${about}, ${bold(target.team ?? '')} is called:`
    : `${severity} pages nobody by itself (${list(pagedAt)} do). By hand, ${bold(target.team ?? '')} would be called:`
  const more = await call.slots.read(whyPane, call.db, { service, severity, now: call.now, policy: call.policy })
  return [head, ...(await stepLines(call, rules, target)), ...more]
}

/** Whoever asks is answered from what is known, and the next one from what is seen now. */
export async function lookAgain(call: Call, { there }: Rules): Promise<void> {
  if (there.length > 0) await call.perform(rosters, theRoster, { type: 'roster.look' })
}

export async function stepLines(call: Call, rules: Rules, target: Target): Promise<string[]> {
  const lines: string[] = []
  let isWaitedFor = true
  for (const step of rules.stepsFor(target)) {
    const called = await whomWouldCall(call.db, rules, { step, team: target.team, now: call.now })
    const words = called.map((one) => calledWords(one, rules, call.now))
    const isOnlyPagerDuty = step.call.every((one) => one === 'pagerduty')
    const by = isOnlyPagerDuty ? '' : `, by ${list(step.by)}`
    lines.push(`• ${momentWords(step.after, isWaitedFor)}: ${list(words)}${by}`)
    isWaitedFor = called.every(({ away }) => away === null)
  }
  return lines
}

/** Whoever comes after PagerDuty does not wait for it while it is away. */
function momentWords(after: number, isWaitedFor: boolean): string {
  if (after === 0) return 'at once'
  if (isWaitedFor || after <= takenWithin) return `after ${formatDuration(after)}`
  return `after ${formatDuration(takenWithin)}, for want of PagerDuty (else ${formatDuration(after)})`
}

function calledWords({ person, source, there, away }: Called, rules: Rules, now: Date): string {
  if (source === 'PagerDuty') return thereWords(there, away)
  if (person === null) return `*nobody* (${source})`
  const time = localTime(rules, person, now)
  const facts = [source, time === null ? null : `${time} there`].filter((fact) => fact !== null)
  return `${mention(person)}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}

function thereWords(there: Called['there'], away: Called['away']): string {
  if (away !== null) {
    const known = there.length === 0 ? '' : `; seen ${away.seen}: ${ringWords(there)}`
    return `:warning: PagerDuty, which has not answered since ${when(away.since)}${known}`
  }
  const names = there.map(({ person, name }) => (person === null ? escapeInline(name) : mention(person)))
  return names.length === 0 ? 'PagerDuty, by its own policy' : `PagerDuty (now ${names.join(', then ')})`
}
