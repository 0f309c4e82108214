/** What can be configured about updates, below `updates:` in tocsin.yml. How often they come is the severity's. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

const minute = 60_000

export const updatesSchema = z
  .strictObject({
    /** How late an update is when it is asked for; the last of these moments escalates. */
    askAfter: z
      .array(Duration)
      .min(1, 'name at least one moment; 0s is the moment itself')
      .default([0, 5 * minute, 15 * minute]),
    /** How old an incident is before whoever comes into its channel is told how it stands. */
    readInAfter: Duration.default(5 * minute),
  })
  .prefault({})

export type UpdatesConfig = z.infer<typeof updatesSchema>

export const updatesConfig: ConfigPart = { schema: updatesSchema, check: () => [] }
