/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import { mention } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import type { Refused } from './domain.ts'
import type { ScheduleRefused } from './schedules.ts'

export function sentence({ refused, details = {} }: Refusal<Refused | ScheduleRefused>): Answer {
  const by = details.by ? mention(String(details.by)) : 'Somebody'
  const minutes = Number(details.minutes ?? 0)
  const ago = minutes < 1 ? 'less than a minute ago' : `${plural(minutes, 'minute', 'minutes')} ago`
  const sentences: Record<Refused | ScheduleRefused, string> = {
    'no-such-page': 'That page is not known here any more. `/oncall` shows who is on call.',
    'nobody-to-page': 'There is nobody to page there. `/oncall` lists the teams.',
    'paged-already': `They were paged ${ago} and have not acknowledged it yet. I did not wake them again; \`/oncall contacts\` has phone numbers.`,
    'answered-already': `They were paged ${ago}, and ${by} acknowledged it. Talk to them before you wake somebody again.`,
    'already-acknowledged': `${by} has acknowledged it already.`,
    'already-resolved': 'It is over already. There is nothing to acknowledge.',
    'not-in-pagerduty': 'That page is not in PagerDuty, or it is over. `/oncall page` wakes them another way.',
    'no-such-schedule': 'There is no schedule of that name. `/oncall` lists them.',
    'override-ends-before': 'It would end before it begins. Write `/oncall override platform @ben 18:00 22:00`.',
    'override-in-the-past': 'That time is over. An override is for now or for later.',
    'override-too-long': `An override lasts at most ${details.days} days. For longer, change the schedule in tocsin.yml.`,
    'no-such-override': 'There is no override of that number. `/oncall overrides <schedule>` lists them.',
    'shift-over': 'That shift is over; a later one has begun.',
    'already-accepted': `${by} has said so already.`,
  }
  return refuse(sentences[refused])
}
