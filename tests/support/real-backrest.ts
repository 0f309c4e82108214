/** A real PostgreSQL whose every change is archived by a real pgBackRest, with one full backup of the shop in it. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fillShop, identity, type RealServer, realBackRest, startRealServer } from './real-postgres.ts'

export interface ArchivedServer {
  server: RealServer
  configFile: string
  /** Where clusters are restored to. */
  restored: string
  /** Writes a last order, drops all of them, and gives the moment in between. */
  loseOrders(): Promise<string>
}

export async function startArchivedServer(): Promise<ArchivedServer> {
  const server = await startRealServer([
    'wal_level=replica',
    'archive_mode=on',
    "archive_command='/bin/true'",
    'archive_timeout=60',
  ])
  const [repo, lock, spool, log, restored = ''] = ['repo', 'lock', 'spool', 'log', 'restored'].map((name) => {
    const folder = path.join(server.home, name)
    fs.mkdirSync(folder, { mode: 0o700 })
    if (identity) fs.chownSync(folder, identity.uid, identity.gid)
    return folder
  })
  const configFile = path.join(server.home, 'pgbackrest.conf')
  fs.writeFileSync(
    configFile,
    `[global]\nrepo1-path=${repo}\nrepo1-retention-full=2\nlock-path=${lock}\nspool-path=${spool}\nlog-path=${log}\nlog-level-file=off\nstart-fast=y\ncompress-type=gz\ncompress-level=1\nprocess-max=2\n[shop]\npg1-path=${server.data}\npg1-port=${server.port}\npg1-socket-path=${server.home}\npg1-user=postgres\n`,
  )
  const backRest = (...args: string[]) =>
    execFileSync(realBackRest ?? '', [`--config=${configFile}`, '--stanza=shop', ...args], {
      ...identity,
      cwd: '/',
      stdio: 'pipe',
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC' },
    })
  const admin = await server.connect('postgres')
  await admin.query(
    `alter system set archive_command = '${realBackRest} --config=${configFile} --stanza=shop archive-push %p'`,
  )
  await admin.query('select pg_reload_conf()')
  await admin.end()
  await fillShop(server)
  backRest('stanza-create')
  backRest('--type=full', 'backup')
  return {
    server,
    configFile,
    restored,
    async loseOrders() {
      // The backup must be complete before the moment, in whole seconds.
      await pause(1_500)
      const shop = await server.connect()
      await shop.query("insert into orders (total, note) values (1, 'the last one before the accident')")
      const { rows } = await shop.query('select clock_timestamp() as at')
      await shop.query('select pg_sleep(0.2)')
      await shop.query('drop table orders')
      await shop.query('select pg_switch_wal()')
      await shop.end()
      return (rows[0].at as Date).toISOString()
    },
  }
}
