/** The life of an incident: which move leads where, and what each asks for. */
import type { Decision, Given } from '../../core/decision.ts'
import {
  type DataLoss,
  type Event,
  type Incident,
  isOver,
  over,
  type Policy,
  type Refused,
  type Status,
  signed,
} from './incident.ts'

const working = ['investigating', 'identified', 'monitoring'] as const
export type WorkingStatus = (typeof working)[number]

const ways: Record<Status, readonly Status[]> = {
  triage: [...working, 'resolved', 'canceled', 'merged'],
  investigating: ['identified', 'monitoring', 'resolved', 'canceled', 'merged'],
  identified: ['investigating', 'monitoring', 'resolved', 'canceled', 'merged'],
  monitoring: ['investigating', 'identified', 'resolved', 'canceled', 'merged'],
  resolved: ['closed', 'investigating'],
  closed: ['investigating'],
  canceled: ['investigating'],
  merged: [],
}

/** In the order in which they are usually come through. */
export const statuses: readonly Status[] = [
  'triage',
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
  'canceled',
  'merged',
]

export function waysFrom(status: Status): readonly Status[] {
  return ways[status]
}

const undoMilliseconds = 60 * 60_000

/** Between the working states. What ends or reopens an incident asks for more, and has a command of its own. */
export function moveTo(
  incident: Incident,
  { to, what }: { to: Status; what: string },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  if (to === incident.status) return alreadyThere(incident)
  if (!working.some((status) => status === to)) return noSuchMove(incident, to)
  return [changed(incident, to, what, given)]
}

export function resolve(
  incident: Incident,
  { summary, dataLoss = null }: { summary: string; dataLoss?: DataLoss | null },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  return [
    ...(dataLoss === null ? [] : stateDataLoss(incident, dataLoss, given)),
    changed(incident, 'resolved', summary, given),
    { type: 'incident.resolved', summary, ...signed(given) },
  ]
}

/** At any time, and again: what was lost is often known days later. */
export function stateDataLoss(incident: Incident, what: DataLoss, given: Given<Policy>): Event[] {
  const from = incident.dataLoss
  return what === from ? [] : [{ type: 'incident.dataLossStated', from, what, ...signed(given) }]
}

export function reopen(incident: Incident, reason: string, given: Given<Policy>): Decision<Event, Refused> {
  if (!isOver(incident)) return { ...alreadyThere(incident), refused: 'not-over' }
  if (incident.status === 'merged') return over(incident)
  if (reason === '') return { refused: 'reason-missing' }
  return [changed(incident, 'investigating', reason, given), { type: 'incident.reopened', reason, ...signed(given) }]
}

export function close(incident: Incident, given: Given<Policy>): Decision<Event, Refused> {
  if (incident.status === 'closed') return alreadyThere(incident)
  if (incident.status === 'merged') return over(incident)
  if (incident.status !== 'resolved') return noSuchMove(incident, 'closed')
  return [changed(incident, 'closed', '', given), { type: 'incident.closed', ...signed(given) }]
}

export function cancel(incident: Incident, reason: string, given: Given<Policy>): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  if (reason === '') return { refused: 'reason-missing' }
  return [changed(incident, 'canceled', reason, given), { type: 'incident.canceled', reason, ...signed(given) }]
}

export function merge(
  incident: Incident,
  { into, target = null }: { into: string; target?: { status: Status; isPrivate: boolean } | null },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  if (into === incident.id) return { refused: 'merge-into-itself' }
  if (target === null || isOver(target)) return { refused: 'no-such-target', details: { into } }
  // Each channel is told of the other incident: the public one would tell of the private one.
  if (target.isPrivate !== incident.isPrivate) return { refused: 'one-is-private' }
  return [changed(incident, 'merged', `INC-${into}`, given), { type: 'incident.merged', into, ...signed(given) }]
}

export function unmerge(incident: Incident, given: Given<Policy>): Decision<Event, Refused> {
  const { mergedInto } = incident
  if (incident.status !== 'merged' || mergedInto === null) return { refused: 'not-merged' }
  const { mergedAt } = incident.times
  if (mergedAt !== null && given.now.getTime() - Date.parse(mergedAt) > undoMilliseconds)
    return { refused: 'too-late-to-undo' }
  return [
    changed(incident, incident.times.before ?? 'investigating', '', given),
    { type: 'incident.unmerged', from: mergedInto, ...signed(given) },
  ]
}

/** Never closes by itself: it asks, a few times, and then no more. */
export function askToClose(incident: Incident, { now, policy }: Given<Policy>): Event[] {
  if (incident.status !== 'resolved') return []
  const time = incident.closeAskedCount + 1
  if (time > policy.askToCloseAfter.length) return []
  return [{ type: 'incident.closeAsked', time, of: policy.askToCloseAfter.length, at: now.toISOString() }]
}

function changed(incident: Incident, to: Status, what: string, given: Given<Policy>): Event {
  return { type: 'incident.statusChanged', from: incident.status, to, what, ...signed(given) }
}

function alreadyThere({ status }: Incident) {
  return { refused: 'already-there', details: { status, accepted: ways[status].join(', ') } } as const
}

function noSuchMove(incident: Incident, to: Status) {
  const accepted = ways[incident.status].join(', ')
  return { refused: 'no-such-move', details: { from: incident.status, to, accepted } } as const
}
