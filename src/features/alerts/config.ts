/** What can be configured about alerts, below `alerts:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Matchers } from '../../lib/matchers.ts'

export const alertsSchema = z
  .strictObject({
    /** The first route that matches decides; an alert that none matches is shown, and nothing more. */
    routes: z.array(z.strictObject({ match: Matchers, open: z.string().nullable().default(null) })).default([]),
  })
  .prefault({})

export type AlertsConfig = z.infer<typeof alertsSchema>

export const alertsConfig: ConfigPart = {
  schema: alertsSchema,
  check(config) {
    const severities = Object.keys(config.severities)
    const { routes } = config.alerts as AlertsConfig
    return routes.flatMap(({ open }, index) =>
      open === null || severities.includes(open)
        ? []
        : [
            {
              path: ['routes', index, 'open'],
              problem: `"${open}" is no severity`,
              accepted: `Use ${severities.join(', ')}`,
            },
          ],
    )
  },
}
