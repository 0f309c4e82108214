/** What features count in their own tables: read when somebody scrapes, so that it is right over all replicas and restarts. */
import { Counter } from 'prom-client'
import type { Db } from './db.ts'
import { isDatabaseAway } from './db.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

export interface Measure {
  /** `tocsin_actions_total` */
  name: string
  help: string
  labelNames: readonly string[]
  read(db: Db): Promise<readonly { labels: Readonly<Record<string, string>>; value: number }[]>
}

export function addMeasures(
  metrics: Pick<Metrics, 'registry'>,
  measures: readonly Measure[],
  db: Db | null,
  log?: Log,
): void {
  for (const { name, help, labelNames, read } of measures) {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [metrics.registry],
      async collect() {
        if (db === null) return
        try {
          const found = await read(db)
          this.reset()
          for (const { labels, value } of found) this.inc({ ...labels }, value)
        } catch (error) {
          // The last known figures are better than no scrape.
          if (!isDatabaseAway(error)) log?.error({ err: error, measure: name }, 'counting failed')
        }
      },
    })
  }
}
