/** What can be configured about timelines, below `timeline:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'

const emoji = z.string().regex(/^[a-z0-9_+'-]{1,100}$/, 'write an emoji by its name, without colons')

export const timelineSchema = z
  .strictObject({
    /** Reactions that add a message of an incident's channel to its timeline. */
    reactions: z.array(emoji).default(['pushpin']),
  })
  .prefault({})

export type TimelineConfig = z.infer<typeof timelineSchema>

export const timelineConfig: ConfigPart = { schema: timelineSchema, check: () => [] }
