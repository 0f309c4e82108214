/**
 * A PostgreSQL database from a backup, always beside the live one first: restored, checked, and then handed over, or
 * put in its place (T3) with the old one kept under another name. Nothing is ever restored over live data.
 */
import { fileURLToPath } from 'node:url'
import { askToStop, prepareHere, startSupervised } from '../../supervised/index.ts'
import type { Dispatched, Executor, Io, Order } from '../executor.ts'
import { observeFrom, planFrom } from '../wire.ts'
import { archivesIn, isKept, liveOf, observeDump, planDump } from './archives.ts'
import { keptClusters } from './cluster-swaps.ts'
import { observeCluster, planCluster, setsOf } from './clusters.ts'
import { findRestore, lookAtRestore } from './mending.ts'
import { type Config, configSchema, jobSchema } from './settings.ts'

// pg_restore and pgBackRest end cleanly within a minute when they are asked to.
const graceSeconds = 60

export const postgresRestore: Executor<Config> = {
  name: 'postgres-restore',
  summary:
    'a PostgreSQL database from a dump or a pgBackRest set, beside the live one, checked, handed over or swapped',
  tierMax: 3,
  tierMin: (config) => (config.finally === 'swap' ? 3 : 0),
  canStop: true,
  configSchema,
  paramsOf: ({ backup }) => [backup],

  plan: (asked, io) =>
    planFrom(async () => {
      const { config } = asked
      return config.from === 'dumps' ? planDump({ ...asked, config }, io) : planCluster({ ...asked, config }, io)
    }),
  observe: (order, io) =>
    observeFrom(async () => {
      prepareHere(io)
      const { config } = order
      const job = jobSchema.parse(order.plan.payload)
      if (config.from === 'dumps') return observeDump({ ...order, config }, job, io)
      return observeCluster({ ...order, config }, job, io)
    }),
  dispatch: (order, key, io) => startWorker(order, key, io),
  poll: ({ config }, handle, io) => lookAtRestore(config, handle, io),
  stop: (_order, _handle, io) => askToStop(io),
  reconcile: (order, key, io) =>
    findRestore(order.config, key, io, (itsIo) => startWorker(order, key, itsIo, { isMending: true })),
  async choices(param, { config }, io) {
    if (param !== config.backup) return []
    if (config.from === 'pgbackrest') {
      const sets = (await setsOf(config, io)).map((one) => ({
        value: one.label,
        label: `${one.type}, ${one.complete.toISOString()}`,
      }))
      return [...sets, ...keptClusters(config).map((value) => ({ value, label: `back to ${value}` }))]
    }
    const archives = archivesIn(config.folder).map((one) => ({
      value: one.file,
      label: `${one.file}, ${new Date(one.modified).toISOString()}`,
    }))
    if (config.finally !== 'swap') return archives
    const kept = (await liveOf(config, io)).databases.filter((name) => isKept(config, name))
    return [...archives, ...kept.map((value) => ({ value, label: `back to ${value}` }))]
  },
  choicesAreSome: true,
  example: {
    from: 'dumps',
    folder: '/var/backups/checkout',
    urlVariable: 'CHECKOUT_RESTORE_URL',
    database: 'checkout',
    finally: 'swap',
    binaries: '/usr/lib/postgresql/18/bin',
    backup: 'to',
    checks: {
      queries: [{ query: 'select count(*) > 0 from orders', is: 'true' }],
      newest: { query: 'select max(created_at) from orders', withinMinutes: 60 },
    },
  },
}

function startWorker(
  { config, timeoutSeconds, plan }: Order<Config>,
  key: string,
  io: Io,
  { isMending } = { isMending: false },
): Promise<Dispatched> {
  const work = { job: plan.payload, config, homeDir: io.homeDir, isMending }
  return startSupervised(
    {
      argv: [process.execPath, worker],
      cwd: '/',
      env: { RESTORE_WORK: JSON.stringify(work), RESTORE_KEY: key },
      secretEnv: addressFor(config, io),
      timeoutSeconds,
      graceSeconds,
    },
    key,
    io,
  )
}

function addressFor(config: Config, io: Io): Record<string, string> {
  if (config.from === 'dumps') return { RESTORE_URL: io.secrets(config.urlVariable) }
  return config.finally === 'swap' && config.live ? { RESTORE_URL: io.secrets(config.live.urlVariable) } : {}
}

const worker = fileURLToPath(new URL('./work.ts', import.meta.url))
