/** What can be configured about runbooks, below `runbooks:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

export const runbooksSchema = z
  .strictObject({
    /** Markdown files, read at start. A file of a later folder takes the place of one of the same name. */
    folders: z.array(z.string().min(1)).default(['runbooks']),
    /** Opened in the incident's channel when exactly one fits the alert; otherwise it is offered. */
    openBySelf: z.boolean().default(true),
    /** Databases that a check may ask. Give each a role that may only read. */
    databases: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_-]*$/, 'small letters, digits and dashes'),
        z.strictObject({
          /** The environment variable with its address. */
          urlVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable'),
          /** The database ends a query that takes longer. */
          within: Duration.default(5_000).refine((span) => span > 0 && span <= 30_000, 'at most 30s'),
        }),
      )
      .default({}),
  })
  .prefault({})

export type RunbooksConfig = z.infer<typeof runbooksSchema>

export const runbooksConfig: ConfigPart = { schema: runbooksSchema, check: () => [] }
