/** What can be configured about runbooks, below `runbooks:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'

export const runbooksSchema = z
  .strictObject({
    /** Markdown files, read at start. A file of a later folder takes the place of one of the same name. */
    folders: z.array(z.string().min(1)).default(['runbooks']),
    /** Opened in the incident's channel when exactly one fits the alert; otherwise it is offered. */
    openBySelf: z.boolean().default(true),
  })
  .prefault({})

export type RunbooksConfig = z.infer<typeof runbooksSchema>

export const runbooksConfig: ConfigPart = { schema: runbooksSchema, check: () => [] }
