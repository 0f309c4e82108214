/**
 * A schedule as something that changes: overrides come and go, shifts begin and are accepted. Who is on call is never
 * stored to be believed later; it is worked out for the moment in which somebody asks.
 */
import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type Override, onCallAt, type Rotation, shiftAt } from './rotation.ts'

export interface Schedule {
  /** Who was told that the shift is theirs; null while nobody was. */
  onCall: string | null
  shiftBeganAt: Instant | null
  /** Counts shifts that were noticed, so that each hand-over has a message of its own. */
  shiftNumber: number
  acceptedBy: string | null
  overrides: readonly Override[]
  /** What whoever took over was told, as it stood then. */
  facts: readonly string[]
}

export type ScheduleCommand =
  | { type: 'schedule.look' }
  | { type: 'schedule.find'; page: string; step: number }
  | { type: 'schedule.override'; person: string; from: Instant; until: Instant }
  | { type: 'schedule.dropOverride'; override: number }
  | { type: 'schedule.accept'; shift: number }
  /** What whoever takes over must know is read, and who is in the group: `enrich` puts them in. */
  | { type: 'schedule.brief'; shift: number; from: string | null; since: Instant; isFirst: boolean; brief?: Brief }

export interface Brief {
  facts: readonly string[]
  /** Who is on call now in all schedules of the group; null without a group. */
  members: readonly string[] | null
}

export type ScheduleEvent =
  | {
      type: 'schedule.shiftBegan'
      person: string | null
      from: string | null
      at: Instant
      isFirst: boolean
      /** When the shift that ended began; shifts of an earlier release do not say. */
      since?: Instant | null
    }
  | { type: 'schedule.briefed'; shift: number; from: string | null; isFirst: boolean; brief: Brief }
  | { type: 'schedule.found'; person: string | null; page: string; step: number }
  | { type: 'schedule.overridden'; override: Override }
  | { type: 'schedule.overrideDropped'; override: number }
  | { type: 'schedule.accepted'; by: string }

export type ScheduleRefused =
  | 'no-such-schedule'
  | 'override-ends-before'
  | 'override-in-the-past'
  | 'override-too-long'
  | 'no-such-override'
  | 'shift-over'
  | 'already-accepted'

export interface SchedulePolicy {
  rotationOf(schedule: string): Rotation | null
}

const day = 86_400_000
const overrideDaysMax = 92

export function decideSchedule(
  stored: Schedule | null,
  command: ScheduleCommand,
  given: Given<SchedulePolicy>,
): Decision<ScheduleEvent, ScheduleRefused> {
  const rotation = given.policy.rotationOf(given.id)
  if (!rotation) {
    // A page that was under way when the schedule was taken out of the file must climb on.
    if (command.type !== 'schedule.find') return { refused: 'no-such-schedule' }
    return [{ type: 'schedule.found', person: null, page: command.page, step: command.step }]
  }
  const schedule = stored ?? empty
  switch (command.type) {
    case 'schedule.look':
      return shiftEvents(schedule, rotation, given)
    case 'schedule.find': {
      const person = onCallAt(rotation, schedule.overrides, given.now.getTime())
      const { page, step } = command
      return [...shiftEvents(schedule, rotation, given), { type: 'schedule.found', person, page, step }]
    }
    case 'schedule.override':
      return override(schedule, command, { ...given, rotation })
    case 'schedule.dropOverride': {
      if (!schedule.overrides.some(({ id }) => id === command.override)) return { refused: 'no-such-override' }
      const dropped: ScheduleEvent = { type: 'schedule.overrideDropped', override: command.override }
      return [dropped, ...shiftEvents(evolveSchedule(schedule, dropped), rotation, given)]
    }
    case 'schedule.brief': {
      // A later shift has begun meanwhile, and is briefed itself.
      if (command.shift !== schedule.shiftNumber) return []
      const { shift, from, isFirst, brief = { facts: [], members: null } } = command
      return [{ type: 'schedule.briefed', shift, from, isFirst, brief }]
    }
    case 'schedule.accept':
      if (command.shift !== schedule.shiftNumber) return { refused: 'shift-over' }
      if (schedule.acceptedBy !== null) return { refused: 'already-accepted', details: { by: schedule.acceptedBy } }
      return given.actor.kind === 'person' ? [{ type: 'schedule.accepted', by: given.actor.id }] : []
    default:
      return unreachable(command)
  }
}

function override(
  schedule: Schedule,
  { person, from, until }: Extract<ScheduleCommand, { type: 'schedule.override' }>,
  given: Given<SchedulePolicy> & { rotation: Rotation },
): Decision<ScheduleEvent, ScheduleRefused> {
  const [begins, ends] = [Date.parse(from), Date.parse(until)]
  if (ends <= begins) return { refused: 'override-ends-before' }
  if (ends <= given.now.getTime()) return { refused: 'override-in-the-past' }
  if (ends - begins > overrideDaysMax * day) return { refused: 'override-too-long', details: { days: overrideDaysMax } }
  const id = Math.max(0, ...schedule.overrides.map((earlier) => earlier.id)) + 1
  const by = given.actor.kind === 'person' ? given.actor.id : null
  const done: ScheduleEvent = { type: 'schedule.overridden', override: { id, person, from, until, by } }
  // Whoever had it until now is noticed first, so that the first hand-over that we ever see is one.
  const noticed = schedule.shiftNumber === 0 ? shiftEvents(schedule, given.rotation, given) : []
  const overridden = [...noticed, done].reduce(evolveSchedule, schedule)
  return [...noticed, done, ...shiftEvents(overridden, given.rotation, given)]
}

/** The shift that runs now, when it is another than the one that was noticed last. */
function shiftEvents(schedule: Schedule, rotation: Rotation, { now }: Given<SchedulePolicy>): ScheduleEvent[] {
  const { person, from } = shiftAt(rotation, schedule.overrides, now.getTime())
  const isFirst = schedule.shiftNumber === 0
  if (!isFirst && person === schedule.onCall) return []
  const at = new Date(from).toISOString()
  const since = schedule.shiftBeganAt
  return [{ type: 'schedule.shiftBegan', person, from: schedule.onCall, at, isFirst, since }]
}

export function evolveSchedule(stored: Schedule | null, event: ScheduleEvent): Schedule {
  const schedule = stored ?? empty
  switch (event.type) {
    case 'schedule.shiftBegan':
      return {
        ...schedule,
        onCall: event.person,
        shiftBeganAt: event.at,
        shiftNumber: schedule.shiftNumber + 1,
        acceptedBy: null,
        facts: [],
      }
    case 'schedule.briefed':
      return { ...schedule, facts: event.brief.facts }
    case 'schedule.found':
      return schedule
    case 'schedule.overridden':
      return { ...schedule, overrides: [...schedule.overrides, event.override] }
    case 'schedule.overrideDropped':
      return { ...schedule, overrides: schedule.overrides.filter(({ id }) => id !== event.override) }
    case 'schedule.accepted':
      return { ...schedule, acceptedBy: event.by }
    default:
      return unreachable(event)
  }
}

const empty: Schedule = { onCall: null, shiftBeganAt: null, shiftNumber: 0, acceptedBy: null, overrides: [], facts: [] }
