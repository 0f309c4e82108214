/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import { mention } from '../../lib/mrkdwn.ts'
import type { AlertGroup, Event, Refused } from './domain.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer(
  outcome: Outcome<AlertGroup, Event, Refused>,
  done: (group: AlertGroup) => string | null,
): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const by = String(details.by ?? '')
  const sentences: Record<Refused, string> = {
    'no-such-alert': 'There is no alert of that id. `/alert list` shows what fires.',
    'already-acknowledged': by === '' ? 'It is acknowledged already.' : `${mention(by)} has acknowledged it already.`,
    'not-firing': 'It does not fire any more, so there is nothing to acknowledge.',
    'other-outbreak': 'It has broken out again since. Judge it on its newest message.',
  }
  return refuse(sentences[refused])
}
