/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import { escapeInline, mention } from '../../lib/mrkdwn.ts'
import type { Event, Incident, Refused } from './domain.ts'
import { key } from './views.ts'

export function declaredSentence(incident: Incident): string {
  const quietly =
    incident.kind === 'real' ? '' : ` It is a ${incident.kind}: it is announced to nobody and counted nowhere.`
  return `${key(incident)} is declared as ${incident.severity}. Its channel opens now, with you in it.${quietly}`
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
    'already-declared': details.id
      ? `INC-${detail('id')} runs for it already. \`/inc join #${detail('id')}\` takes you there.`
      : 'It is declared already. `/inc list` shows what is open.',
    'looks-like': `INC-${detail('twin')} sounds like it: ${detail('title')}.`,
    'title-missing': 'Say in a few words what is wrong: `/inc new checkout returns 500s`.',
    'title-too-long': `That is ${detail('length')} characters long; a title has at most ${detail('max')}. Say it shorter, and the rest with \`/inc note\`.`,
    'text-missing': 'Say it in a few words after the command: `/inc summary v142 leaks connections`.',
    'already-over': overSentence(String(details.status ?? ''), detail('into')),
    'not-over': `It is not over: it is ${detail('status')}. It can become ${detail('accepted')}.`,
    'already-there': `It is ${detail('status')} already. It can become ${detail('accepted')}.`,
    'no-such-move': `From ${detail('from')} it cannot become ${detail('to')}. It can become ${detail('accepted')}.`,
    'already-lead': `${mention(String(details.lead ?? ''))} leads it already. \`/inc handoff @who\` asks somebody else to take over.`,
    'lead-taken': `${mention(String(details.lead ?? ''))} was first, and leads it. \`/inc lead\` takes it over from them.`,
    'already-has-role': `${details.who ? `${mention(String(details.who))} is ${detail('role')} already` : `Nobody is ${detail('role')}`}. \`/inc roles\` shows who does what.`,
    'no-such-role': `${detail('role')} is no role here. Use ${detail('accepted')}; \`/inc lead\` is for the lead.`,
    'nothing-offered': `Nothing is handed over. ${details.lead ? `${mention(String(details.lead))} leads` : 'Nobody leads'}; \`/inc lead\` takes the lead.`,
    'not-for-you': `That is for ${mention(String(details.who ?? ''))} to take. \`/inc lead\` takes the lead at once.`,
    'no-such-severity': `${detail('severity')} is no severity here. Use ${detail('accepted')}.`,
    'no-such-service': `${detail('service')} is no service here. Use ${detail('accepted')}.`,
    'same-severity': `It is ${detail('severity')} already. Use ${detail('accepted')}.`,
    'downgrade-needs-reason': `Lowering the severity needs a reason: \`/inc sev ${detail('severity')} <why it is less grave>\`.`,
    'reason-missing': 'Say why, in a few words after the command: `/inc reopen it is slow again`.',
    'no-such-target': `INC-${detail('into')} is not open. \`/inc list\` shows what is.`,
    'merge-into-itself': 'It cannot be merged into itself. `/inc list` shows the others.',
    'one-is-private':
      'One of them is private, and a merge would tell of it. Merge private ones with private ones; else cancel one, with `/inc cancel <reason>`.',
    'too-late-to-undo': 'It was merged more than an hour ago. `/inc new` declares another one.',
    'not-merged':
      'It is not merged into another one, so there is nothing to take back. `/inc merge #n` would merge it.',
    'made-public-stays-public':
      'What stood in a public channel was read already. Declare a private one instead: `/inc new private <title>`.',
    'time-in-future': 'That is in the future. Say how long ago: `/inc started 40m`.',
    'times-out-of-order': `Then it would be ${detail('later')} before it was ${detail('earlier')}. Correct the other time first: \`/inc started 40m ${detail('earlier')}\`.`,
  }
  return refuse(sentences[refused])
}

function overSentence(status: string, into: string): string {
  switch (status) {
    case 'merged':
      return `It was merged into INC-${into}. Go on there: \`#${into}\` names it.`
    case 'resolved':
      return 'It is resolved already. `/inc reopen <reason>` takes that back; `/inc new <title>` declares another one.'
    default:
      return `It is ${status} already. \`/inc reopen <reason>\` takes that back; \`/inc new <title>\` declares another one.`
  }
}
