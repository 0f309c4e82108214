/** What can be configured about incidents, below `incidents:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

const minute = 60_000

export const incidentsSchema = z
  .strictObject({
    /** Taken when whoever declares says none. */
    defaultSeverity: z.string().default('P3'),
    /** How long after the declaration the channel is asked for a lead, while there is none. */
    askForLead: z.array(Duration).default([2 * minute, 5 * minute, 10 * minute]),
    channelPrefix: z
      .string()
      .regex(/^[a-z0-9_-]{1,20}$/, 'use 1 to 20 small letters, digits, - and _')
      .default('inc'),
  })
  .prefault({})

export type IncidentsConfig = z.infer<typeof incidentsSchema>

export const incidentsConfig: ConfigPart = {
  schema: incidentsSchema,
  check(config) {
    const { defaultSeverity } = config.incidents as IncidentsConfig
    const severities = Object.keys(config.severities)
    if (severities.includes(defaultSeverity)) return []
    const accepted = `Use ${severities.join(', ')}`
    return [{ path: ['defaultSeverity'], problem: `"${defaultSeverity}" is no severity`, accepted }]
  },
}
