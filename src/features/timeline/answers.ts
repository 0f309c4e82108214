/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import type { Entry, Event, Refused } from './domain.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer(outcome: Outcome<Entry, Event, Refused>, done: string | null): Answer {
  if ('refused' in outcome) return sentence(outcome)
  return done === null ? silence : tell(done)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const sentences: Record<Refused, string> = {
    'text-missing': 'Say what to note: `/inc note rolled back to v141`.',
    'too-long': `That is too long for one line of a timeline. At most ${details.max} characters.`,
    'no-such-entry': 'That line is not there any more. `/inc timeline` shows what is.',
    'already-there': 'That message is in the timeline already.',
    'in-the-future': 'That moment is still to come. Choose when it happened.',
  }
  return refuse(sentences[refused])
}

export function noSuchIncident(): Answer {
  return refuse('There is no incident of that number. `/inc list` shows what is open.')
}

export function nothingOpen(): Answer {
  return refuse('No incident is open that this could belong to. `/inc note #42 <text>` adds to one that is over.')
}
