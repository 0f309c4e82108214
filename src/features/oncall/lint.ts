/** What `tocsin check` says of schedules and climbs that the shape of the file does not show. */
import type { Problem } from '../../core/config.ts'
import type { Ground, LintedAt } from '../../core/feature.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import type { OncallConfig } from './config.ts'
import { gapsBetween } from './rotation.ts'

const days = 30

/** Hours in which nobody would be called, in the days that come. */
export function findGaps({ config }: Pick<Ground, 'config'>, { now, file, lineOf }: LintedAt): Problem[] {
  const own = config.oncall as OncallConfig
  const until = now.getTime() + days * 86_400_000
  return Object.entries(own.schedules).flatMap(([name, { timeZone, layers, holidays }]) => {
    const gaps = gapsBetween({ zone: zoneOf(timeZone), layers, holidays }, now.getTime(), until)
    const [first] = gaps
    if (!first) return []
    const moment = new Date(first.from).toISOString().slice(0, 16).replace('T', ' ')
    const count = gaps.length === 1 ? 'the only gap' : `the first of ${gaps.length} gaps`
    return [
      {
        file,
        line: lineOf(['oncall', 'schedules', name]),
        key: `oncall.schedules.${name}`,
        problem: `nobody is on call from ${moment} UTC, ${count} in the next ${days} days`,
        accepted: 'Add a layer that covers it',
      },
    ]
  })
}
