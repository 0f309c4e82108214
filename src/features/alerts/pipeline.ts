/**
 * What becomes of an alert on its way, stage by stage. Each stage is a pure function that says in a sentence what it
 * found: the alert goes on, goes away, or goes on while nobody is told (a hold). `/alert why` and `tocsin check
 * --simulate` print exactly these sentences.
 *
 * Before them an alert was authenticated and parsed (core/hook-routes.ts, sources/), and its group was locked.
 */
import type { Instant } from '../../core/effects.ts'
import { formatDuration } from '../../lib/duration.ts'
import { type Hours, isWithin, nextChange } from '../../lib/hours.ts'
import { type Matcher, matches, printMatchers } from '../../lib/matchers.ts'
import type { Alert, AlertGroup, DropReason, Hold, Labels, Member, Place } from './alert.ts'
import type { NamedHours, Route } from './routes.ts'
import type { Surroundings } from './surroundings.ts'
import { byReading } from './words.ts'

export interface Passing {
  alert: Alert
  known: Member | null
  /** It just began to fire; false for one that is only looked at again. */
  isNews: boolean
  group: AlertGroup | null
  route: Route
  place: Place
  surroundings: Surroundings
  policy: PipelinePolicy
  now: Date
}

export interface PipelinePolicy {
  inhibitions: readonly Inhibition[]
  maintenance: readonly Maintenance[]
}

export interface Inhibition {
  source: readonly Matcher[]
  target: readonly Matcher[]
  /** Labels that both must have in common. */
  equal: readonly string[]
}

export interface Maintenance {
  name: string
  match: readonly Matcher[]
  /** Once, or every week at these hours. */
  when: { from: Instant; until: Instant } | Hours
}

type Verdict =
  | { goes: 'on'; why: string; alert?: Alert }
  | { goes: 'away'; why: string; reason: DropReason }
  | { goes: 'on hold'; why: string; hold: Hold }

type Stage = (passing: Passing) => Verdict

/** In this order. An alert that is over by its own word is turned around first, so that it is told apart and ordered by its end. */
export const stages = {
  expire,
  dedup,
  order,
  silence,
  inhibit,
  maintenance,
  route,
  group,
  threshold,
  storm,
  act,
} satisfies Record<string, Stage>

export type StageName = keyof typeof stages

const inOrder = Object.entries(stages) as [StageName, Stage][]

export interface Step {
  stage: StageName
  goes: Verdict['goes']
  why: string
}

export interface Passed {
  steps: readonly Step[]
  alert: Alert
  /** Why it changes nothing; null when it does. */
  dropped: DropReason | null
  holds: readonly Hold[]
}

export function pass(passing: Passing): Passed {
  const steps: Step[] = []
  const holds: Hold[] = []
  let current = passing
  for (const [stage, look] of inOrder) {
    const verdict = look(current)
    steps.push({ stage, goes: verdict.goes, why: verdict.why })
    if (verdict.goes === 'away') return { steps, alert: current.alert, dropped: verdict.reason, holds: [] }
    if (verdict.goes === 'on hold') holds.push(verdict.hold)
    else if (verdict.alert) current = { ...current, alert: verdict.alert }
  }
  return { steps, alert: current.alert, dropped: null, holds }
}

/** A sender may say how long a firing is good for; after that it is over, whether or not the end ever arrives. */
function expire({ alert, now }: Passing): Verdict {
  if (alert.status === 'resolved' || alert.endsAt === null || Date.parse(alert.endsAt) > now.getTime())
    return on('its time is not over')
  const ended = { ...alert, status: 'resolved', at: alert.endsAt } as const
  return { goes: 'on', why: `it was good until ${alert.endsAt}, so it is over`, alert: ended }
}

/** The same words about the same moment: the other one of an HA pair, or a sender that says it again. */
function dedup({ alert, known }: Passing): Verdict {
  const isSame =
    known !== null && known.lastAt === alert.at && known.status === alert.status && hasSameWords(known, alert)
  return isSame
    ? away('duplicate', 'it said this before')
    : on(known ? 'it says something new' : 'it is heard of for the first time')
}

/** By the alert's own time, whenever it arrives. At the same moment an end is newer than a beginning. */
function order({ alert, known }: Passing): Verdict {
  if (known === null) return on('nothing newer is known')
  const [mine, theirs] = [Date.parse(alert.at), Date.parse(known.lastAt)]
  const isOlder = mine < theirs || (mine === theirs && alert.status === 'firing' && known.status === 'resolved')
  return isOlder ? away('late', `it speaks of ${alert.at}, and ${known.lastAt} is known`) : on('nothing newer is known')
}

function silence({ alert, surroundings }: Passing): Verdict {
  const found = surroundings.silences.find(({ match }) => matches(match, labelsOf(alert)))
  if (!found) return on('no silence is for it')
  return hold(
    { by: 'silence', what: found.id, until: found.until, keepsFrom: 'all' },
    `${found.id} silences it until ${found.until}`,
  )
}

function inhibit({ alert, surroundings, policy }: Passing): Verdict {
  const labels = labelsOf(alert)
  for (const { source, target, equal } of policy.inhibitions) {
    if (!matches(target, labels)) continue
    const by = surroundings.inhibitors.find(
      (other) =>
        other.fingerprint !== alert.fingerprint &&
        matches(source, other.labels) &&
        equal.every((label) => (other.labels[label] ?? '') === (labels[label] ?? '')),
    )
    if (by)
      return hold(
        { by: 'inhibit', what: by.title, until: null, keepsFrom: 'all' },
        `${by.title} fires and keeps it quiet`,
      )
  }
  return on('nothing that fires keeps it quiet')
}

function maintenance({ alert, policy, now }: Passing): Verdict {
  for (const { name, match, when } of policy.maintenance) {
    if (!matches(match, labelsOf(alert))) continue
    const until = endOf(when, now)
    if (until !== null)
      return hold({ by: 'maintenance', what: name, until, keepsFrom: 'all' }, `${name} goes on until ${until}`)
  }
  return on('no maintenance is under way for it')
}

function route({ route: { name, match } }: Passing): Verdict {
  const matched = match.length === 0 ? 'which takes everything' : `which takes ${printMatchers(match)}`
  return on(`the route is "${name}", ${matched}`)
}

function group({ place: { key } }: Passing): Verdict {
  const words = Object.entries(key)
    .toSorted(([a], [b]) => byReading(a, b))
    .map(([name, value]) => (value === '' ? `no ${name}` : `${name}=${value}`))
  return on(`it belongs with ${words.join(', ') || 'everything on this route'}`)
}

function threshold({ alert, isNews, group: seen, route: { threshold: limit } }: Passing): Verdict {
  if (limit === null) return on('no number has to be reached')
  if (seen?.status === 'firing' && seen.outbreak.isShown) return on('its number was reached before')
  const moments = [...(seen?.firings ?? []), ...(isNews ? [alert.at] : [])].map((at) => Date.parse(at))
  const newest = Math.max(...moments)
  const count = moments.filter((at) => at > newest - limit.within).length
  const words = `${count} of ${limit.count} in ${formatDuration(limit.within)}`
  if (count >= limit.count) return on(words)
  return hold({ by: 'threshold', what: words, until: null, keepsFrom: 'all' }, words)
}

/** What would be only one more message waits until the storm is over. What wakes somebody never does. */
function storm({ group: seen, route: taken, surroundings }: Passing): Verdict {
  if (surroundings.storm === null) return on('there is no storm')
  if (seen?.outbreak.isShown) return on('its message is there already')
  if (acts(taken)) return on('it has more to do than to be shown')
  return hold(
    { by: 'storm', what: surroundings.storm, until: null, keepsFrom: 'all' },
    'it waits until the storm is over',
  )
}

function act({ route: taken, now }: Passing): Verdict {
  if (!acts(taken))
    return on(taken.post === null ? 'it is kept and shown nowhere' : `it is shown in ${taken.post}, and that is all`)
  const { quiet, only } = taken
  if (quiet && isWithin(quiet, now)) return untilHours(quiet, now, `"${quiet.name}" are quiet hours`)
  if (only && !isWithin(only, now)) return untilHours(only, now, `it is acted upon only during "${only.name}"`)
  return on(wish(taken))
}

export function acts({ page, open, triage, attach }: Route): boolean {
  return page !== null || open !== null || triage !== null || attach
}

function wish({ page, open, triage, attach }: Route): string {
  return [
    ...(attach ? ['joins the incident of its service'] : []),
    ...(open === null ? [] : [`${attach ? 'else ' : ''}opens a ${open}`]),
    ...(triage === null ? [] : [`${attach ? 'else ' : ''}asks whether it is a ${triage}`]),
    ...(page === null ? [] : [`pages ${page}`]),
  ].join(', ')
}

/** What routes, silences and inhibitions are matched against. */
export function labelsOf({ source, labels, title }: Pick<Alert, 'source' | 'labels' | 'title'>): Labels {
  return { source, alertname: title, ...labels }
}

export function inhibits(policy: PipelinePolicy, labels: Labels): boolean {
  return policy.inhibitions.some(({ source }) => matches(source, labels))
}

/** Asked of every alert that is sent again, which is most of what a pair of senders sends. */
function hasSameWords(known: Member, alert: Alert): boolean {
  return (
    known.title === alert.title &&
    areSame(known.labels, alert.labels) &&
    areSame(known.annotations, alert.annotations) &&
    known.links.length === alert.links.length &&
    known.links.every(({ title, url }, index) => {
      const other = alert.links[index]
      return title === other?.title && url === other.url
    })
  )
}

function areSame(some: Labels, others: Labels): boolean {
  const names = Object.keys(some)
  return names.length === Object.keys(others).length && names.every((name) => some[name] === others[name])
}

function endOf(when: Maintenance['when'], now: Date): Instant | null {
  if ('until' in when) {
    const isNow = Date.parse(when.from) <= now.getTime() && now.getTime() < Date.parse(when.until)
    return isNow ? when.until : null
  }
  return isWithin(when, now) ? (nextChange(when, now)?.toISOString() ?? null) : null
}

function untilHours(hours: NamedHours, now: Date, why: string): Verdict {
  const until = nextChange(hours, now)?.toISOString() ?? null
  return hold(
    { by: 'hours', what: hours.name, until, keepsFrom: 'action' },
    until === null ? why : `${why}, until ${until}`,
  )
}

function on(why: string): Verdict {
  return { goes: 'on', why }
}

function away(reason: DropReason, why: string): Verdict {
  return { goes: 'away', reason, why }
}

function hold(held: Hold, why: string): Verdict {
  return { goes: 'on hold', hold: held, why }
}
