/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import type { Event, Plan, Refused } from './domain.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer(outcome: Outcome<Plan, Event, Refused>, done: (plan: Plan) => string | null): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const sentences: Record<Refused, string> = {
    'no-such-incident': 'There is no incident of that number. `/inc list` shows what is open.',
    'nothing-said': 'Say how it stands: `/inc update the last release is the cause, we roll back`.',
    'too-long': `That is too long for an update. At most ${details.max} characters each.`,
    'next-too-far': 'Promise the next update within a week.',
  }
  return refuse(sentences[refused])
}
