/** A silence is seen where alerts are seen, kept in Alertmanager too, and ends by itself. */
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import { mention } from '../../../lib/mrkdwn.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { reconsider } from '../effects.ts'
import type { Rules } from '../rules.ts'
import type { Event, Silence } from './domain.ts'
import { silenceMessage } from './views.ts'

export function effects(silence: Silence, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  const { id } = silence
  const expire = { feature: 'silences', id, command: { type: 'silence.expire', silence: id } }
  switch (event.type) {
    case 'silence.created':
      return [
        show(silence, policy),
        copy(silence),
        { kind: 'timer.set', key: timerOf(silence), at: silence.until, fire: expire },
        ...event.affected.map(reconsider),
      ]
    case 'silence.ended':
      return [
        show(silence, policy),
        copy(silence),
        { kind: 'timer.cancel', key: timerOf(silence) },
        ...event.affected.map(reconsider),
      ]
    case 'silence.copied':
    case 'silence.copyFailed':
      return [show(silence, policy)]
    default:
      return unreachable(event)
  }
}

function show(silence: Silence, { postIn }: Rules): Effect {
  const name = `silences/${silence.id}/message` as const
  return { kind: 'slack.show', name, to: postIn, message: silenceMessage(silence), priority: 'chatter' }
}

/** Alertmanager's copy, as it should be: without an Alertmanager to tell, nothing is done. */
function copy(silence: Silence): Effect {
  const { id, match, createdAt, createdBy, reason, until, status } = silence
  return {
    kind: 'alertmanager.silence',
    name: `silences/${id}/copy`,
    desired: {
      isActive: status === 'active',
      matchers: match.map(({ label, operator, value }) => ({
        name: label,
        value,
        isRegex: operator === '=~' || operator === '!~',
        isEqual: operator === '=' || operator === '=~',
      })),
      startsAt: createdAt,
      endsAt: until,
      createdBy: createdBy === null ? 'Tocsin' : `${mention(createdBy)} by Tocsin`,
      comment: `${reason} (${id} of Tocsin)`,
    },
    whenDone: own(silence, 'silence.noteCopy'),
    whenGivenUp: own(silence, 'silence.noteTrouble'),
  }
}

function own({ id }: Silence, type: string) {
  return { feature: 'silences', id, command: { type } }
}

function timerOf({ id }: Silence): string {
  return `silences/${id}/expire`
}
