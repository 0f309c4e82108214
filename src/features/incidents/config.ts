/** What can be configured about incidents, below `incidents:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

const minute = 60_000
const hour = 60 * minute

const role = z.strictObject({
  /** Told privately to whoever takes it. */
  duties: z.string().default(''),
})

export const incidentsSchema = z
  .strictObject({
    /** Taken when whoever declares says none. */
    defaultSeverity: z.string().default('P3'),
    /** How long after the declaration the channel is asked for a lead, while there is none. */
    askForLead: z.array(Duration).default([2 * minute, 5 * minute, 10 * minute]),
    /** How long after a hand-over was offered it is said that nobody took it. */
    handoverWithin: Duration.default(10 * minute),
    /** How long after it was resolved the lead is asked to close it. */
    askToClose: z.array(Duration).default([24 * hour, 72 * hour]),
    /** How long after it was closed its channel is archived; "never" keeps it. */
    archiveAfter: z.union([z.literal('never').transform(() => null), Duration]).default(7 * 24 * hour),
    /** `inc-42-checkout-returns-500s`: the number is never left out, so that no two are alike. */
    channelName: z
      .string()
      .regex(
        /^[a-z0-9_{}-]*\{number\}[a-z0-9_{}-]*$/,
        'write small letters, digits, - and _, with {number} and perhaps {title}',
      )
      .default('inc-{number}-{title}'),
    roles: z
      .record(z.string(), role)
      .default({ operations: { duties: '' }, communications: { duties: '' }, scribe: { duties: '' } }),
    leadDuties: z.string().default(''),
    /** What clients may notice, and the severity that this proposes to whoever declares. They decide. */
    impacts: z
      .array(
        z.strictObject({ notice: z.string().min(1).max(60, 'say it in at most 60 characters'), severity: z.string() }),
      )
      .max(20, 'nobody reads more at night')
      .default([]),
    /** Shown at the top of every incident's channel. */
    bookmarks: z.array(z.strictObject({ title: z.string().min(1), link: z.url('write an address') })).default([]),
  })
  .prefault({})

export type IncidentsConfig = z.infer<typeof incidentsSchema>

export const incidentsConfig: ConfigPart = {
  schema: incidentsSchema,
  check(config) {
    const { defaultSeverity, roles, impacts } = config.incidents as IncidentsConfig
    const severities = Object.keys(config.severities)
    const known = Object.keys(roles)
    const unknown = Object.entries(config.severities).flatMap(([severity, { roles: wanted }]) =>
      wanted.filter((role) => !known.includes(role)).map((role) => ({ severity, role })),
    )
    return [
      ...(severities.includes(defaultSeverity)
        ? []
        : [
            {
              path: ['defaultSeverity'],
              problem: `"${defaultSeverity}" is no severity`,
              accepted: `Use ${severities.join(', ')}`,
            },
          ]),
      ...impacts.flatMap(({ severity }, index) =>
        severities.includes(severity)
          ? []
          : [
              {
                path: ['impacts', index, 'severity'],
                problem: `"${severity}" is no severity`,
                accepted: `Use ${severities.join(', ')}`,
              },
            ],
      ),
      ...unknown.map(({ severity, role }) => ({
        path: ['roles'],
        problem: `severity ${severity} wants the role "${role}", which is not among them`,
        accepted: `Use ${known.join(', ')}`,
      })),
    ]
  },
}
