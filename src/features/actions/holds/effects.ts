/** Who hears of a hold. */
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import { Markup, mention } from '../../../lib/mrkdwn.ts'
import type { Rules } from '../rules.ts'
import type { Hold, HoldEvent } from './domain.ts'

export interface HoldRules {
  longest: number
  templates: Rules['templates']
  opsChannel: string
}

export function holdEffects(hold: Hold, event: HoldEvent, { policy }: Given<HoldRules>): readonly Effect[] {
  const say = (template: string, data: Record<string, unknown>): Effect => {
    const words = policy.templates.render(`actions/${template}`, 'slack', data)
    return { kind: 'slack.say', to: policy.opsChannel, message: { text: words } }
  }
  const owner = hold.owner === null ? '' : new Markup(mention(hold.owner))
  const end: Effect = {
    kind: 'timer.set',
    key: `holds/${hold.id}/end`,
    at: hold.until,
    fire: { feature: 'holds', id: hold.id, command: { type: 'hold.end' } },
  }
  if (event.type === 'hold.released') {
    const isOver = event.by === null
    // Its moment came, as announced: nobody needs to hear that.
    if (isOver) return []
    const by = new Markup(mention(event.by ?? ''))
    return [
      { kind: 'timer.cancel', key: `holds/${hold.id}/end` },
      say('hold-released', {
        by,
        owner: hold.owner === event.by ? '' : owner,
        scope: hold.scope,
        reason: event.reason,
      }),
    ]
  }
  const { scope, until, reason } = hold
  const { isPrivate } = event
  return isPrivate ? [end] : [end, say('held', { owner, scope, until, reason })]
}
