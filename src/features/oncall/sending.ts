/** A page that a person sends. */
import { type Answer, type Call, tell } from '../../core/call.ts'
import { bold, mention } from '../../lib/mrkdwn.ts'
import { pages } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { Target } from './domain.ts'
import { handPageId } from './paging.ts'

export async function pageByHand(call: Call, target: Target, message: string, isTest = false): Promise<Answer> {
  const whom = target.person ?? target.team ?? ''
  const outcome = await call.perform(pages, handPageId(whom, isTest), {
    type: 'page.send',
    target,
    summary: message,
    severity: isTest ? 'info' : 'critical',
    priority: null,
    link: null,
    about: null,
    isTest,
  })
  if ('refused' in outcome) return sentence(outcome)
  const name = target.person === null ? bold(whom) : mention(whom)
  return tell(
    isTest
      ? `A test page goes to ${name}. \`/oncall test\` again in ten minutes, or \`/oncall evidence\` for who answered, and how soon.`
      : `${name} is paged. It climbs until somebody acknowledges it.`,
  )
}
