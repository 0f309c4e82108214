/** A storm says that it is one, counts, and says when it is over. */
import type { Given } from '../../../core/decision.ts'
import type { Effect, SlackEffect } from '../../../core/effects.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { reconsider } from '../effects.ts'
import type { Rules } from '../rules.ts'
import type { Event, Weather } from './domain.ts'

export function effects(weather: Weather, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'storm.began':
      return [show(weather, policy), lookAgain(weather, policy)]
    case 'storm.grew':
      return [show(weather, policy), lookAgain(weather, policy)]
    case 'storm.ended':
      return [
        show(weather, policy),
        // An edit rings no bell, and that it is over is news.
        say(weather, { waiting: event.released.length, passed: event.passed ?? 0 }, policy),
        ...event.released.map(reconsider),
      ]
    default:
      return unreachable(event)
  }
}

function show(weather: Weather, { postIn, templates }: Rules): SlackEffect {
  const { number, groupCount, alertCount, status, beganAt, endedAt } = weather
  const facts = { groups: groupCount, alerts: alertCount, isOver: status === 'calm', beganAt, endedAt: endedAt ?? '' }
  const text = templates.render('alerts/storm', 'slack', facts)
  return { kind: 'slack.show', name: `alertStorms/all/storm-${number}`, to: postIn, message: { text } }
}

function say(
  { groupCount, alertCount, beganAt, endedAt }: Weather,
  counts: { waiting: number; passed: number },
  rules: Rules,
): SlackEffect {
  const lasted = Date.parse(endedAt ?? beganAt) - Date.parse(beganAt)
  const facts = { groups: groupCount, alerts: alertCount, lasted, ...counts }
  const text = rules.templates.render('alerts/storm-over', 'slack', facts)
  return { kind: 'slack.say', to: rules.postIn, message: { text }, priority: 'state' }
}

function lookAgain({ id, lastAt }: Weather, { storm }: Rules): Effect {
  const at = new Date(Date.parse(lastAt) + storm.calmAfter).toISOString()
  const fire = { feature: 'alertStorms', id, command: { type: 'storm.calm' } }
  return { kind: 'timer.set', key: `alertStorms/${id}/calm`, at, fire }
}
