/** What can be configured about heartbeats, below `heartbeats:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

const minute = 60_000

const heartbeat = z.strictObject({
  /** How often a sign of life comes. */
  every: Duration.refine((span) => span >= 1_000, 'must be a second or more'),
  /** How much later than that it may be. */
  grace: Duration.default(minute),
  /** Of the alert: what routes go by. */
  labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.coerce.string()).default({}),
  /** Of the alert: runbook, dashboard_url and what else is shown. */
  annotations: z.record(z.string(), z.string()).default({}),
})

export const heartbeatsSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and hyphens: it is part of an address'),
    heartbeat,
  )
  .default({})

export type HeartbeatsConfig = z.infer<typeof heartbeatsSchema>

export const heartbeatsConfig: ConfigPart = { schema: heartbeatsSchema, check: () => [] }
