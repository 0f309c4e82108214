/** What can be configured about messages to clients, below `comms:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'
import { locales } from './rendering.ts'

const minute = 60_000
const names = z.array(z.string().min(1)).default([])
const channel = z.string().regex(/^#[\p{Ll}\p{N}_-]{1,80}$/u, 'write a channel as "#status-updates"')
const bySeverity = (start: Record<string, number>) => z.record(z.string(), Duration).default(start)

const audience = z.strictObject({
  locale: z.enum(locales).default('en'),
  slack: z.array(channel).default([]),
  mail: z.array(z.email('is no e-mail address')).default([]),
  /** Three lines: what, who is concerned, when the next word comes. */
  isBrief: z.boolean().default(false),
})

export const commsSchema = z
  .strictObject({
    /** Severities for which a client update is drafted at once, and after how long the first one is due. */
    firstDue: bySeverity({ P1: 5 * minute, P2: 10 * minute }),
    /** How long after a message the next one is promised, when the form does not say. */
    nextAfter: bySeverity({ P1: 20 * minute, P2: 30 * minute, P3: 60 * minute }),
    /** Severities whose messages a second person must approve. */
    secondPerson: z.array(z.string()).default(['P1', 'P2']),
    /** A team of one approves its own messages. They are marked. */
    solo: z.boolean().default(false),
    /** What clients may know the services by. */
    components: z
      .record(z.string(), z.strictObject({ name: z.string().min(1), group: z.string().default('') }))
      .default({}),
    audiences: z.record(z.string(), audience).default({}),
    /** Where clients may turn to; printed below messages. */
    contact: z.string().default(''),
    /** What must never reach clients: names of ours, names of theirs; and the hosts that links may lead to. */
    words: z.strictObject({ internal: names, customers: names, people: names, hosts: names }).prefault({}),
  })
  .prefault({})

export type CommsConfig = z.infer<typeof commsSchema>

export const commsConfig: ConfigPart = {
  schema: commsSchema,
  check(config) {
    const { firstDue, nextAfter, secondPerson } = config.comms as CommsConfig
    const severities = Object.keys(config.severities)
    const accepted = `Use ${severities.join(', ')}`
    const named = [
      ...Object.keys(firstDue).map((name) => ({ path: ['firstDue', name], name })),
      ...Object.keys(nextAfter).map((name) => ({ path: ['nextAfter', name], name })),
      ...secondPerson.map((name, index) => ({ path: ['secondPerson', index], name })),
    ]
    return named
      .filter(({ name }) => !severities.includes(name))
      .map(({ path, name }) => ({ path, problem: `"${name}" is no severity`, accepted }))
  },
}
