/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import type { Board, Event, Refused } from './domain.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer(
  outcome: Outcome<Board, Event, Refused>,
  done: (board: Board, events: readonly Event[]) => string | null,
): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state, outcome.done)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const detail = (name: string) => String(details[name] ?? '')
  const known = details.last === 0 ? 'There is none yet' : `They go from 1 to ${detail('last')}`
  const sentences: Record<Refused, string> = {
    'no-such-incident': 'There is no incident of that number. `/inc list` shows what is open.',
    'nothing-open':
      'No incident is open that this could belong to. `/inc followup #42 <text>` adds to one that is over.',
    'no-such-task': `There is no task ${detail('number')} on INC-${detail('incident')}. ${known}; \`/inc tasks\` shows them.`,
    'text-missing': 'Say what is to be done: `/inc task check the replica @ben in 30m`.',
    'too-long': `That is too long for a task. At most ${detail('max')} characters.`,
    'too-many': `There are ${detail('max')} tasks already, more than anybody can keep in view. Finish or change one of them.`,
    'already-a-task': `That message is number ${detail('number')} already. \`/inc tasks\` shows it.`,
    'already-done': `Number ${detail('number')} is done already.`,
    'due-in-the-past': 'That moment is gone. Say when from now, as `in 30m` or `in 2h`.',
  }
  return refuse(sentences[refused])
}
