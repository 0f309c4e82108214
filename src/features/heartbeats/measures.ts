/** What heartbeats count, for /metrics. */
import type { Measure } from '../../core/measures.ts'
import { countMissed } from './store.ts'

export const measures: readonly Measure[] = [
  {
    name: 'tocsin_heartbeats_missed_total',
    help: 'Times that a heartbeat stayed away, by its name in tocsin.yml',
    labelNames: ['heartbeat'],
    read: async (db) => (await countMissed(db)).map(({ name, n }) => ({ labels: { heartbeat: name }, value: n })),
  },
]
