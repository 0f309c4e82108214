/** Real restores of a real database from pg_dump's files. Those from a real pgBackRest are a story: tests/stories/actions-moment.test.ts. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asked, dispatched, planned, testIo, untilOver } from '../../../../../tests/support/executors.ts'
import {
  fillShop,
  identity,
  type RealServer,
  realBinaries,
  startRealServer,
} from '../../../../../tests/support/real-postgres.ts'
import { talkTo } from '../../../../core/other-databases.ts'
import type { AnyExecutor } from '../executor.ts'
import { fingerprintOf } from './fingerprint.ts'
import { postgresRestore } from './index.ts'

const executor: AnyExecutor = postgresRestore
const rowsOf = async (server: RealServer, database: string, query: string) => {
  const client = await server.connect(database)
  const { rows } = await client.query(query)
  await client.end()
  return rows as Record<string, unknown>[]
}

describe.skipIf(realBinaries === null)('from a dump', () => {
  const state: { server?: RealServer } = {}
  const server = () => state.server as RealServer
  beforeAll(async () => {
    state.server = await startRealServer()
    await fillShop(server())
    await dump('first.dump')
  })
  afterAll(() => state.server?.stop())

  async function dump(name: string): Promise<string> {
    const file = path.join(server().home, 'backups', name)
    server().run('pg_dump', '--format=custom', `--file=${file}`, 'shop')
    const tables = await talkTo(server().url, { secondsMax: 60, isReadOnly: false }, fingerprintOf)
    const sha256 = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64)
    fs.writeFileSync(`${file}.json`, JSON.stringify({ sha256, takenAt: new Date().toISOString(), tables }))
    return file
  }
  const settings = (more: object = {}) =>
    executor.configSchema.parse({
      from: 'dumps',
      folder: path.join(server().home, 'backups'),
      urlVariable: 'URL',
      database: 'shop',
      binaries: realBinaries,
      user: identity,
      checks: {
        queries: [{ query: 'select count(*) from customers', is: '500' }],
        newest: { query: 'select max(created_at) from orders', withinMinutes: 5 },
      },
      ...more,
    })
  async function restore(config: unknown, params = {}) {
    const io = testIo({ URL: server().url })
    const order = await planned(executor, asked(config, params), io)
    expect(await executor.observe(order, io)).toEqual(order.plan.observed)
    const handle = await dispatched(executor, order, 'r1', io)
    return { order, io, progress: await untilOver(executor, order, handle, io, 60) }
  }

  test('the newest dump is restored beside the live database, and is the same to the last row', async () => {
    const { order, progress } = await restore(settings())

    expect(progress, progress.tail).toMatchObject({ phase: 'succeeded' })
    expect(progress.tail).toContain('rows and checksums are those of the manifest')
    expect(progress.tail).toContain('newest record')
    const { beside } = order.plan.payload as { beside: string }
    expect(await rowsOf(server(), beside, 'select count(*)::int as n from orders')).toEqual([{ n: 20_000 }])
    expect(order.plan).toMatchObject({ lost: null, inverse: null, after: expect.stringContaining('first.dump') })
  })

  test('after a table was dropped the backup takes the place of the live database, and can be taken back', async () => {
    const client = await server().connect()
    await client.query(`drop table orders; create role app; grant connect on database shop to app with grant option;
      revoke connect on database shop from public; alter database shop set search_path = public, "odd, name";
      alter database shop set shop.colour = 'it''s blue'; alter role app in database shop set work_mem = '7MB';
      alter database shop connection limit 80; comment on database shop is 'the shop''s'`)
    await client.end()
    const beyond = `select (select array_agg(one::text order by one::text) from unnest(datacl) one) as rights, datconnlimit, shobj_description(oid, 'pg_database') as comment,
      (select array_agg(setconfig::text order by setrole) from pg_db_role_setting where setdatabase = d.oid) as settings
      from pg_database d where datname = 'shop'`
    const before = await rowsOf(server(), 'postgres', beyond)

    const config = settings({ finally: 'swap' })
    // Clients that never stop coming back, as connection pools do.
    const crowd = { isOver: false, times: 0 }
    const coming = (async () => {
      while (!crowd.isOver) {
        const one = await server()
          .connect()
          .catch(() => null)
        crowd.times += one === null ? 0 : 1
        await one?.query('select pg_sleep(1)').catch(() => {})
        await one?.end().catch(() => {})
      }
    })()
    const { order, progress } = await restore(config, { to: 'first.dump' })
    crowd.isOver = true
    await coming
    expect(crowd.times).toBeGreaterThan(0)

    expect(progress, progress.tail).toMatchObject({ phase: 'succeeded' })
    expect(order.plan.lost).toContain('everything written to shop after')
    expect(await rowsOf(server(), 'postgres', beyond)).toEqual(before)
    expect(JSON.stringify(before)).toContain('7MB')
    expect(await rowsOf(server(), 'shop', 'select count(*)::int as n from orders')).toEqual([{ n: 20_000 }])

    const back = await restore(config, order.plan.inverse?.params)
    expect(back.progress, back.progress.tail).toMatchObject({ phase: 'succeeded' })
    expect(await rowsOf(server(), 'shop', "select to_regclass('orders') as orders")).toEqual([{ orders: null }])
    const again = await restore(config, back.order.plan.inverse?.params)
    expect(again.progress).toMatchObject({ phase: 'succeeded' })
  }, 120_000)

  test('a dump that changed since it was written down is refused before anything begins', async () => {
    const file = await dump('spoiled.dump')
    const bytes = fs.readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2_000) ^ 0xff, bytes.length - 2_000)
    fs.writeFileSync(file, bytes)

    const io = testIo({ URL: server().url })
    expect(await executor.plan(asked(settings(), { to: 'spoiled.dump' }), io)).toEqual({
      refused: expect.stringContaining('not what was written down beside it'),
    })
    fs.rmSync(file)
  })

  test('a dump that ends half-way fails, and leaves nothing behind', async () => {
    const file = await dump('short.dump')
    fs.rmSync(`${file}.json`)
    fs.truncateSync(file, Math.floor(fs.statSync(file).size * 0.7))

    const { order, progress } = await restore(settings(), { to: 'short.dump' })

    expect(progress.phase).toBe('failed')
    expect(progress.tail).toContain('shop was not touched')
    const { beside } = order.plan.payload as { beside: string }
    expect(await rowsOf(server(), 'postgres', `select 1 from pg_database where datname = '${beside}'`)).toEqual([])
    fs.rmSync(file)
  })

  test('rows that do not come back are missed', async () => {
    const file = await dump('poor.dump')
    const manifest = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'))
    manifest.tables['public.customers'].rows += 1
    fs.writeFileSync(`${file}.json`, JSON.stringify(manifest))

    const { progress } = await restore(settings(), { to: 'poor.dump' })

    expect(progress.phase).toBe('failed')
    expect(progress.tail).toContain('public.customers has 500 rows instead of 501')
    fs.rmSync(file)
  })

  test('what does not exist is refused with what does', async () => {
    const io = testIo({ URL: server().url })
    const refusal = async (to: string) => executor.plan(asked(settings(), { to }), io)

    expect(await refusal('../../etc/passwd')).toEqual({ refused: expect.stringContaining('Use first.dump') })
    expect(await refusal('2001-01-01T00:00:00Z')).toEqual({ refused: expect.stringContaining('Use first.dump') })
    expect(await refusal('shop_before_20260101_000000_000')).toEqual({
      refused: expect.stringContaining('restores beside'),
    })
  })

  test('swapping is grave, whatever the catalogue says', () => {
    expect(executor.tierMin?.(settings({ finally: 'swap' }))).toBe(3)
    expect(executor.tierMin?.(settings())).toBe(0)
  })
})

describe.skipIf(realBinaries === null)('from pgBackRest', () => {
  test('a swap that does not know the live server is refused before anybody asks for it, with what is missing', () => {
    const { example } = postgresRestore
    const missing = executor.configSchema.safeParse({
      from: 'pgbackrest',
      configFile: '/etc/pgbackrest.conf',
      stanza: 'shop',
      folder: '/var/restores',
      database: 'shop',
      binaries: '/usr/bin',
      finally: 'swap',
    })
    const inPlace = executor.configSchema.safeParse({ ...(example as object), finally: 'in-place' })

    expect(missing.error?.issues).toEqual([
      expect.objectContaining({ path: ['live'], message: expect.stringContaining('data, stop, start') }),
    ])
    expect(inPlace.error?.issues[0]?.message).toContain('swap, which restores in place')
  })

  test('a moment before the first backup, or in the future, is refused with what would do', async () => {
    const server = await startRealServer()
    const fake = path.join(server.home, 'info')
    fs.writeFileSync(
      fake,
      `#!/bin/sh\necho '[{"status":{"code":0,"message":"ok"},"backup":[{"label":"20260301-020000F","type":"full","error":false,"timestamp":{"start":1772330400,"stop":1772330460},"info":{"size":1000}}]}]'\n`,
      { mode: 0o755 },
    )
    const config = executor.configSchema.parse({
      from: 'pgbackrest',
      program: fake,
      configFile: '/dev/null',
      stanza: 'shop',
      folder: server.home,
      database: 'shop',
      binaries: realBinaries,
    })
    const plan = async (to: string) => executor.plan(asked(config, { to }), testIo())

    expect(await plan('2026-02-28T00:00:00Z')).toEqual({ refused: expect.stringContaining('a moment between') })
    expect(await plan('2199-01-01T00:00:00Z')).toEqual({ refused: expect.stringContaining('20260301-020000F') })
    expect(await plan("2026-03-02T00:00:00Z' or 1=1")).toEqual({ refused: expect.stringContaining('No such backup') })
    expect(await plan('2026-03-02T00:00:00Z')).toMatchObject({ payload: { set: '20260301-020000F' } })
    server.stop()
  })
})
