/** A silence is seen where alerts are seen, kept in Alertmanager too, and ends by itself. */
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import { printMatchers } from '../../../lib/matchers.ts'
import { mention } from '../../../lib/mrkdwn.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { mentioned, reconsider } from '../effects.ts'
import type { Rules } from '../rules.ts'
import { commentOf, toTheirs } from './copies.ts'
import { copiesMax, type Event, isOverByTime, type Silence } from './domain.ts'
import { silenceMessage } from './views.ts'
import { lookLater } from './watch/effects.ts'

export function effects(silence: Silence, event: Event, { policy, now }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'silence.created':
      return [show(silence, policy), copy(silence), endLater(silence), ...event.affected.map(reconsider)]
    case 'silence.ended':
      return [
        show(silence, policy),
        // Over by its time it is so there too.
        ...(isOverByTime(silence) ? [] : [copy(silence)]),
        { kind: 'timer.cancel', key: timerOf(silence) },
        ...event.affected.map(reconsider),
      ]
    case 'silence.copied':
      return [show(silence, policy), lookLater(now)]
    case 'silence.copyFailed':
      return [show(silence, policy)]
    case 'silence.copyLost':
      return [show(silence, policy), ...(silence.copies > copiesMax ? [] : [copy(silence)])]
    case 'silence.endedThere':
      return [
        show(silence, policy),
        sayBelow(silence, policy),
        { kind: 'timer.cancel', key: timerOf(silence) },
        ...event.affected.map(reconsider),
      ]
    case 'silence.changedThere':
      return [show(silence, policy), sayBelow(silence, policy), endLater(silence), ...event.affected.map(reconsider)]
    default:
      return unreachable(event)
  }
}

function messageOf({ id }: Silence) {
  return `silences/${id}/message` as const
}

function show(silence: Silence, { postIn }: Rules): Effect {
  const message = silenceMessage(silence)
  return { kind: 'slack.show', name: messageOf(silence), to: postIn, message, priority: 'chatter' }
}

/** An edit rings no bell; whoever made it should know that somebody else thought better of it. */
function sayBelow(silence: Silence, { postIn, templates }: Rules): Effect {
  const { id, createdBy, until, status, match } = silence
  const facts = {
    silence: id,
    by: mentioned(createdBy),
    isOver: status === 'ended',
    until,
    match: printMatchers(match),
  }
  const text = templates.render('alerts/silence-changed-there', 'slack', facts)
  return { kind: 'slack.say', to: postIn, inThreadOf: messageOf(silence), message: { text } }
}

function endLater(silence: Silence): Effect {
  const { id, until } = silence
  const fire = { feature: 'silences', id, command: { type: 'silence.expire', silence: id } }
  return { kind: 'timer.set', key: timerOf(silence), at: until, fire }
}

/** Alertmanager's copy, as it should be: without an Alertmanager to tell, nothing is done. */
function copy(silence: Silence): Effect {
  const { id, match, createdAt, createdBy, until, status, remoteId, copies } = silence
  return {
    kind: 'alertmanager.silence',
    name: copies === 1 ? `silences/${id}/copy` : `silences/${id}/copy-${copies}`,
    desired: {
      isActive: status === 'active',
      id: remoteId,
      matchers: match.map(toTheirs),
      startsAt: createdAt,
      endsAt: until,
      createdBy: createdBy === null ? 'Tocsin' : `${mention(createdBy)} by Tocsin`,
      comment: commentOf(silence),
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
