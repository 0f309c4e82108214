/** The sentence that the asker gets back when something is refused. */
import { type Answer, refuse } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import { escapeInline, mention } from '../../lib/mrkdwn.ts'
import type { Refused } from './domain.ts'

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const detail = (name: string) => escapeInline(String(details[name] ?? ''))
  const who = details.by ? mention(String(details.by)) : 'Somebody'
  const sentences: Record<Refused, string> = {
    'no-such-run': 'That run is not known here any more.',
    'already-started': 'It is started already.',
    'run-is-over': 'This run is over. `/runbook start <name>` begins a new one.',
    'run-is-left':
      'Its incident is over, and this was left undone. Reopen the incident and it goes on here, or begin anew: `/runbook start <name>`.',
    'no-such-step': 'That step is not in this run.',
    'step-not-open': 'It is not this step’s turn yet. Finish or skip the one before it.',
    'step-over': `${who} was first: the step is ${detail('state')} already.`,
    'step-runs': 'It is running already; the answer comes in a moment.',
    'cannot-run': 'This step is for you to do; there is nothing to run.',
    'value-missing': `It cannot be run: the alert does not say ${detail('names')}.`,
    'reason-missing': 'Say in a few words why it is skipped.',
    'no-such-answer': 'That is none of the answers.',
    'nothing-to-escalate': 'There is nothing to escalate here: no step has failed, or help is called for already.',
    drill: 'This is a test or a drill, so nobody is woken. Press «Done» to go on.',
    'no-such-database': `tocsin.yml has no database ${detail('database')}. Add it below \`runbooks.databases\`, with a role that may only read.`,
    'no-such-team': `There is no team ${detail('team')} any more. Page one of ${detail('accepted')}: \`/oncall page <team>\`.`,
  }
  return refuse(sentences[refused])
}
