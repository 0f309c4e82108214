/** A page that a person sends. */
import { type Answer, type Call, tell } from '../../core/call.ts'
import { bold, mention } from '../../lib/mrkdwn.ts'
import { pages } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { Target } from './domain.ts'
import { handPageId } from './paging.ts'

export interface ByHand {
  target: Target
  message: string
  link?: string | null
  isTest?: boolean
}

export async function pageByHand(
  call: Call,
  { target, message, link = null, isTest = false }: ByHand,
): Promise<Answer> {
  const whom = target.person ?? target.team ?? target.role ?? ''
  const outcome = await call.perform(pages, handPageId(whom, isTest), {
    type: 'page.send',
    target,
    summary: message,
    severity: isTest ? 'info' : 'critical',
    priority: null,
    link,
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
