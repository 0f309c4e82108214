/**
 * The kill switch of all actions. Anybody who responds may switch them off; only those who own the switch put it back.
 *
 *   on ◀──────▶ off
 */
import type { Decision, Given } from '../../../core/decision.ts'
import type { Effect, Instant } from '../../../core/effects.ts'
import { Markup, mention } from '../../../lib/mrkdwn.ts'
import type { Rules } from '../rules.ts'

export interface ActionSwitch {
  isOff: boolean
  by: string | null
  reason: string
  at: Instant
}

export type SwitchCommand = { type: 'switch.off'; reason: string } | { type: 'switch.on'; reason: string }
export type SwitchEvent = { type: 'switch.turned'; isOff: boolean; by: string | null; reason: string; at: Instant }
export type SwitchRefused = 'off-already' | 'on-already' | 'switch-reason-missing'

export interface SwitchRules {
  templates: Rules['templates']
  opsChannel: string
}

export function decideSwitch(
  state: ActionSwitch | null,
  command: SwitchCommand,
  { actor, now }: Given<SwitchRules>,
): Decision<SwitchEvent, SwitchRefused> {
  const isOff = command.type === 'switch.off'
  if (isOff && command.reason.trim() === '') return { refused: 'switch-reason-missing' }
  if (isOff === (state?.isOff ?? false)) return { refused: isOff ? 'off-already' : 'on-already' }
  const by = actor.kind === 'person' ? actor.id : null
  return [{ type: 'switch.turned', isOff, by, reason: command.reason.trim(), at: now.toISOString() }]
}

export function evolveSwitch(_state: ActionSwitch | null, { isOff, by, reason, at }: SwitchEvent): ActionSwitch {
  return { isOff, by, reason, at }
}

export function switchEffects(_state: ActionSwitch, event: SwitchEvent, { policy }: Given<SwitchRules>): Effect[] {
  const by = new Markup(event.by === null ? 'Tocsin' : mention(event.by))
  const data = { isOff: event.isOff, by, reason: event.reason }
  const words = policy.templates.render('actions/switched', 'slack', data)
  return [{ kind: 'slack.say', to: policy.opsChannel, message: { text: words }, priority: 'state' }]
}
