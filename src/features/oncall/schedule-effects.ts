/** What a change of shift sets in motion. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { shiftAt } from './rotation.ts'
import type { Rules } from './rules.ts'
import type { Schedule, ScheduleEvent } from './schedules.ts'
import { overrideLine, shiftMessage } from './views.ts'

export function scheduleEffects(
  schedule: Schedule,
  event: ScheduleEvent,
  { id, now, policy }: Given<Rules>,
): readonly Effect[] {
  switch (event.type) {
    case 'schedule.found': {
      const { page, step, person } = event
      const command = { type: 'page.call', step, schedule: id, person }
      return [{ kind: 'perform', feature: 'pages', id: page, isUrgent: true, command }]
    }
    case 'schedule.shiftBegan':
      return [...lookLater(id, schedule, now, policy), brief(id, schedule, event)]
    case 'schedule.briefed':
      return [
        ...keepGroup(id, event.brief.members, policy),
        // The first shift that we ever see began without us: nobody hands over.
        ...(event.isFirst ? [] : showShift(id, schedule, event.from, { policy, now })),
      ]
    case 'schedule.overridden':
    case 'schedule.overrideDropped':
      return lookLater(id, schedule, now, policy)
    case 'schedule.accepted':
      return showShift(id, schedule, null, { policy, now })
  }
}

/** What stands open is read by a command of its own: a page that asks who is on call never waits for it. */
function brief(
  id: string,
  schedule: Schedule,
  { from, isFirst, since, at }: Extract<ScheduleEvent, { type: 'schedule.shiftBegan' }>,
): Effect {
  const command = { type: 'schedule.brief', shift: schedule.shiftNumber, from, isFirst, since: since ?? at }
  return { kind: 'perform', feature: 'schedules', id, command }
}

function keepGroup(id: string, members: readonly string[] | null, policy: Rules): Effect[] {
  const group = policy.groupOf(id)
  if (group === null || members === null) return []
  // One thing a group, however many schedules share it: whichever changes last has it right for all.
  return [{ kind: 'slack.group', name: `schedules/${group.slice(1)}/group`, group, members }]
}

function lookLater(id: string, schedule: Schedule, now: Date, policy: Rules): Effect[] {
  const rotation = policy.rotationOf(id)
  if (!rotation) return []
  const { until } = shiftAt(rotation, schedule.overrides, now.getTime())
  const fire = { feature: 'schedules', id, command: { type: 'schedule.look' } }
  return [{ kind: 'timer.set', key: `schedules/${id}/shift`, at: new Date(until).toISOString(), fire }]
}

const overridesShown = 3

function showShift(
  id: string,
  schedule: Schedule,
  from: string | null,
  { policy, now }: Pick<Given<Rules>, 'policy' | 'now'>,
): Effect[] {
  const to = policy.handOverIn(id)
  if (to === null) return []
  const overrides = schedule.overrides.filter(({ until }) => Date.parse(until) > now.getTime())
  const planned = overrides.slice(0, overridesShown).map((one) => `• Override ${overrideLine(one)}`)
  const facts = [...planned, ...schedule.facts]
  const name = `schedules/${id}/shift-${schedule.shiftNumber}` as const
  return [{ kind: 'slack.show', name, to, message: shiftMessage(id, schedule, from, facts) }]
}
