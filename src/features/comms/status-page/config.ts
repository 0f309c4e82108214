/** What can be configured about the status page, below `comms.statusPage` in tocsin.yml. */
import { z } from 'zod'
import { locales } from '../locale.ts'

const weight = z.number().min(0, 'write a share from 0 to 1').max(1, 'write a share from 0 to 1')

export const statusPageSchema = z
  .strictObject({
    /** What it says at the top. */
    /** The language of the page; what is published only in another one is shown in that, and marked. */
    locale: z.enum(locales, { error: `use ${locales.join(', ')}` }).default('en'),
    name: z.string().trim().min(1, 'write what the page is called').max(80).default('Status'),
    /** How much of the time in a state counts as down; printed below the bars. */
    weights: z
      .strictObject({ degraded: weight.default(0), partial: weight.default(0.3), major: weight.default(1) })
      .prefault({}),
    /** False where no mail is sent: then nobody is offered any. */
    takesSubscribers: z.boolean().default(true),
    /** A folder in which a copy is kept, for another web server to serve when we cannot. */
    copyTo: z.string().min(1).nullable().default(null),
  })
  .prefault({})

export type StatusPageConfig = z.infer<typeof statusPageSchema>
