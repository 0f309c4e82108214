/** What can be configured about sources: parts of `alerts:` in tocsin.yml. */
import { z } from 'zod'
import type { SlackEffect } from '../../../core/effects.ts'
import type { Ground } from '../../../core/feature.ts'
import type { Spine } from '../../../core/perform.ts'
import { Mapping } from './generic/mapping.ts'

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and hyphens: it is part of an address')

export const sourcesShape = {
  cloudwatch: z
    .strictObject({
      /** Whose messages are taken and whose subscriptions are confirmed. None: nothing is. */
      topics: z
        .array(
          z
            .string()
            .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(\.fifo)?$/, 'must be the ARN of an SNS topic'),
        )
        .default([]),
    })
    .prefault({}),
  /** By the name behind /hooks/generic/: where in the JSON of that sender things stand. */
  generic: z.record(name, Mapping).default({}),
}

const Sources = z.object(sourcesShape)

/** What of it the sources decide by: a part of the feature's rules. */
export interface SourcesPolicy {
  topics: readonly string[]
  mappings: Readonly<Record<string, Mapping>>
  /** What #ops hears of a topic. */
  tell(moment: 'topic-confirmed' | 'topic-ended', topic: string): SlackEffect
}

export function sourcesPolicy(
  config: Pick<z.infer<typeof Sources>, 'cloudwatch' | 'generic'>,
  { templates, config: { channels } }: Pick<Ground, 'templates' | 'config'>,
): SourcesPolicy {
  return {
    topics: config.cloudwatch.topics,
    mappings: config.generic,
    tell: (moment, topic) => ({
      kind: 'slack.say',
      to: channels.ops,
      message: { text: templates.render(`alerts/${moment}`, 'slack', { topic }) },
    }),
  }
}

export function sourcesPolicyOf(policyOf: Spine['policyOf']): SourcesPolicy {
  return (policyOf('alerts') as { sources: SourcesPolicy }).sources
}
