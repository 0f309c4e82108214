/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import { formatDuration } from '../../lib/duration.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import type { Refused, State } from './domain.ts'
import type { HoldRefused } from './holds/domain.ts'
import type { SwitchRefused } from './switch/domain.ts'
import { stateWords } from './views.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer<State, Event, Code extends Refused | HoldRefused | SwitchRefused>(
  outcome: Outcome<State, Event, Code>,
  done: (state: State, id: string) => string | null,
): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state, outcome.id)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused | HoldRefused | SwitchRefused>): Answer {
  const detail = (name: string) => escapeInline(String(details[name] ?? ''))
  const sentences: Record<Refused | HoldRefused | SwitchRefused, () => string> = {
    'no-such-action': () => 'There is no such action. `/action list` shows what there is.',
    'already-requested': () => 'That was asked for already.',
    'not-in-catalogue': () => `${detail('what')} is not in the catalogue. \`/action list\` shows what is.`,
    'not-automatic': () => `${detail('what')} may only be asked for by a person.`,
    'bad-param': () => `\`${detail('name')}\`: I accept ${detail('accepted')}.`,
    'reason-missing': () =>
      'Say why, in ten letters or more: end the line with `because …`, or ask in the channel of an incident.',
    'phrase-wrong': () => `Type exactly \`${detail('phrase')}\`, to show that you have read it.`,
    frozen: () => `The freeze «${detail('name')}» is on, so nothing begins now. \`/action list\` shows freezes.`,
    'too-often': () =>
      details.what === ''
        ? `You asked for ${detail('count')} actions within the last hour, and that is the most. Somebody else can ask, or wait a while.`
        : `${detail('count')} actions were asked for ${detail('what')} within the last hour, and that is the most. Look at what they did first: \`/action list\`.`,
    'wrong-state': () => `It ${stateWords[String(details.state) as State]}, so this cannot be done now.`,
    'own-request': () => 'You asked for it, so somebody else approves it.',
    'approved-already': () => 'You approved it already. It needs somebody else now.',
    'other-plan': () => 'That was an older plan. Read the new one on the card, then approve that.',
    'plan-expired': () => 'The plan is too old. «Ask again» makes a new one.',
    'no-group': () => `Only ${detail('groups')} may do this.`,
    'not-yours': () => 'Only whoever asked for it may take it back. You can deny it.',
    'cannot-stop': () => 'What runs here cannot be stopped by me. The card shows what it does.',
    'glass-never': () => 'For this action the glass may not be broken. Somebody has to approve it.',
    'glass-no-incident': () => `Breaking the glass needs an open incident of ${detail('severity')} or graver.`,
    'glass-reason': () => `Say in ${detail('min')} letters or more why nobody can approve it.`,
    'glass-review-overdue': () =>
      'You broke the glass before, and nobody reviewed it in time. Have that reviewed first: `/action list`.',
    'evidence-missing': () => 'Say how you know, in ten letters or more: what you looked at, or a link.',
    'settled-by-same': () => 'You said so already. For a T3 somebody else has to say the same.',
    'own-review': () => 'Somebody who had no part in it reviews it.',
    'nothing-to-review': () => 'There is nothing to review here.',
    'no-such-hold': () => 'There is no such hold. `/action list` shows what is held.',
    'held-already': () => 'That is held already.',
    'hold-reason-missing': () => 'Say why: `/action hold checkout/production 2h the migration runs`.',
    'hold-too-long': () =>
      `A hold lasts at most ${formatDuration(Number(details.longest ?? 0))}. It can be placed again.`,
    'released-already': () => 'That hold is over already.',
    'release-reason-missing': () =>
      'It is somebody else’s hold, so say why: `/action release checkout/production <why>`.',
    'off-already': () => 'Actions are switched off already.',
    'on-already': () => 'Actions are switched on already.',
    'switch-reason-missing': () => 'Say why: `/action freeze the deploy robot runs wild`.',
  }
  return refuse(sentences[refused]())
}
