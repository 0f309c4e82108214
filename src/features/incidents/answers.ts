/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import { escapeInline, mention } from '../../lib/mrkdwn.ts'
import type { Event, Incident, Refused } from './domain.ts'
import { key } from './views.ts'

export function declaredSentence(incident: Incident): string {
  return `${key(incident)} is declared as ${incident.severity}. Its channel opens now, with you in it.`
}

/** What the asker reads: null when what everybody sees says it already. */
export function answer(
  outcome: Outcome<Incident, Event, Refused>,
  done: (incident: Incident) => string | null,
): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const detail = (name: string) => escapeInline(String(details[name] ?? ''))
  const sentences: Record<Refused, string> = {
    'no-such-incident': 'There is no incident of that number. `/inc list` shows what is open.',
    'already-declared': 'It is declared already.',
    'title-missing': 'Say in a few words what is wrong: `/inc new checkout returns 500s`.',
    'already-resolved': 'It is resolved already. `/inc new <title>` declares another one.',
    'already-lead': details.lead ? `${mention(String(details.lead))} leads it already.` : 'They lead it already.',
    'no-such-severity': `${detail('severity')} is no severity here. Use ${detail('accepted')}.`,
    'same-severity': `It is ${detail('severity')} already.`,
    'downgrade-needs-reason': `Lowering the severity needs a reason: \`/inc sev ${detail('severity')} <why it is less grave>\`.`,
  }
  return refuse(sentences[refused])
}
