/**
 * The subscription of an SNS topic: asked for by whoever set it up in AWS, confirmed by us when the topic is one of
 * tocsin.yml, and told to #ops, as its end is. By then the signature has been verified (`sns.ts`).
 */
import type { Effect } from '../../../../core/effects.ts'
import type { HookSource } from '../../../../core/hooks.ts'
import { confirmationAddress } from '../../../../lib/sns.ts'
import { unreachable } from '../../../../lib/unreachable.ts'
import { type SourcesPolicy, sourcesPolicyOf } from '../config.ts'
import { misfit } from '../reading.ts'
import { SnsMessage } from './sns.ts'

export const subscriptions: HookSource = {
  sources: ['cloudwatch'],
  check({ body }) {
    const parsed = SnsMessage.safeParse(body)
    if (!parsed.success) return misfit(parsed.error)
    const { Type, SubscribeURL, TopicArn } = parsed.data
    if (Type === 'SubscriptionConfirmation' && !confirmationAddress(SubscribeURL ?? '', TopicArn))
      return { field: 'SubscribeURL', problem: '"SubscribeURL" is no address of Amazon SNS for this topic' }
    return { count: 0 }
  },
  async work(spine, deliveries) {
    const policy = sourcesPolicyOf(spine.policyOf)
    return { received: {}, dropped: {}, effects: deliveries.flatMap(({ body }) => effectsOf(body, policy)) }
  },
}

function effectsOf(body: unknown, { tell }: SourcesPolicy): readonly Effect[] {
  const parsed = SnsMessage.safeParse(body)
  if (!parsed.success) return []
  const { Type, TopicArn, SubscribeURL } = parsed.data
  switch (Type) {
    case 'SubscriptionConfirmation':
      return [{ kind: 'sns.confirm', topic: TopicArn, url: SubscribeURL ?? '' }, tell('topic-confirmed', TopicArn)]
    case 'UnsubscribeConfirmation':
      return [tell('topic-ended', TopicArn)]
    case 'Notification':
      return []
    default:
      return unreachable(Type)
  }
}
