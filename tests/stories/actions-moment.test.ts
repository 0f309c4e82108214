/**
 * A real cluster goes back to a moment, from a real pgBackRest, by clicks in Slack: beside the live one, and in its
 * place, although whoever does it is killed in the middle.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect } from 'vitest'
import { freePort } from '../support/postgres.ts'
import { type ArchivedServer, startArchivedServer } from '../support/real-backrest.ts'
import { identity, realBackRest, realBinaries } from '../support/real-postgres.ts'
import { rehearsed, withEntries } from '../support/rehearsal.ts'
import { type Person, type SeenMessage, story } from '../support/story.ts'

const archived: ArchivedServer | null =
  realBinaries === null || realBackRest === null ? null : await startArchivedServer()
const home = archived?.server.home ?? '/nowhere'
const port = await freePort()
const lost = archived ? await archived.loseOrders() : ''

/** Stops and starts the server. With a file in its way it kills whoever asked, as a lack of memory would. */
const script = path.join(home, 'service')
const killer = (when: 'start' | 'stopped') => path.join(home, `killer-at-${when}`)
function writeService({ data }: { data: string }): void {
  const asOwner = identity ? `setpriv --reuid ${identity.uid} --regid ${identity.gid} --clear-groups ` : ''
  fs.writeFileSync(
    script,
    `cd /
     if [ "$1" = start ] && rm ${killer('start')} 2>/dev/null; then kill -9 $PPID; exit 1; fi
     ${asOwner}${realBinaries}/pg_ctl -D ${data} -l ${home}/pg.log -m fast -w -s "$1" || exit 1
     if [ "$1" = stop ] && rm ${killer('stopped')} 2>/dev/null; then kill -9 $PPID; exit 1; fi`,
  )
}
const service = (verb: string) => ['/bin/sh', script, verb]

const backups = {
  from: 'pgbackrest',
  program: realBackRest ?? '/nowhere',
  configFile: archived?.configFile ?? '/nowhere',
  stanza: 'shop',
  folder: archived?.restored ?? '/nowhere',
  port,
  database: 'shop',
  binaries: realBinaries ?? '/nowhere',
  ...(identity ? { user: identity } : {}),
  checks: { newest: { query: 'select max(created_at) from orders', withinMinutes: 1 } },
}
const probed = (query: string) => ({
  probes: [{ sql: { urlVariable: 'SHOP_URL', query, is: '500' } }],
  passes: 1,
  within: '30s',
})
const beside = rehearsed('clone-checkout', {
  title: 'Clone the shop',
  verb: 'clone',
  executor: 'postgres-restore',
  with: backups,
  verify: probed('select count(*) from customers'),
})
const inPlace = rehearsed('restore-checkout', {
  title: 'Restore the shop',
  verb: 'restore',
  tier: 'T3',
  executor: 'postgres-restore',
  with: {
    ...backups,
    finally: 'swap',
    live: {
      data: archived?.server.data ?? '/nowhere',
      stop: service('stop'),
      start: service('start'),
      urlVariable: 'SHOP_URL',
    },
  },
  approve: [{ group: 'operators' }, { group: 'owners' }],
  verify: probed('select count(*) from customers'),
})
const groups = '  operators: [U0BEN00002]\n  owners: [U0CLEO0003]\n'
const config = (example: string) =>
  withEntries(beside, inPlace)(example).replace('  breakGlass: [] # Who', `${groups}  breakGlass: [] # Who`)

const counting = "select count(*)::int as n, count(*) filter (where note like 'the last one%')::int as last from orders"

async function asking(client: pg.Client | undefined, query: string): Promise<Record<string, unknown> | undefined> {
  const { rows } = (await client?.query(query)) ?? { rows: [] }
  await client?.end()
  return rows[0]
}
const inShop = async (query: string) => asking(await archived?.server.connect(), query)
const hasOrders = async () => (await inShop("select to_regclass('orders') is not null as there"))?.there

async function fill(person: Person, form: string, values: Record<string, string>): Promise<void> {
  await person.expectModal(form)
  await person.submit(values)
}

describe.skipIf(archived === null)('with a real archive', () => {
  afterAll(() => archived?.server.stop())

  story(
    'a dropped table is there again as it was a moment before: beside, then in place, though its worker is killed half-way, and back',
    async ({ slack }) => {
      if (archived === null) return
      writeService(archived.server)
      const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
      const Confirmation = 'restore checkout production'
      const [ops, updates] = [slack.channel('#ops'), slack.channel('#status-updates')]
      const everywhere = async (words: string) => {
        for (const channel of [ops, updates]) await channel.expectMessage(words)
      }
      const approveAndRun = async (card: SeenMessage, number: number) => {
        for (const person of [ben, cleo]) {
          await person.click(card, 'Approve')
          await fill(person, 'Approve', { Confirmation })
        }
        await ops.expectMessage(`@ana: A-${number} is approved`, 'Run now')
        await ana.click(card, 'Run now')
        await everywhere(`A-${number} began`)
      }

      // A moment that no backup holds is refused with what would do.
      await ana.type('#general', '/action clone checkout production 2001-01-01T00:00:00Z because rows are gone')
      await ana.expectTold('A-1 is being planned')
      await ops.expectMessage('A-1 ', 'a moment between')

      await ana.type('#general', `/action clone checkout production ${lost} because somebody dropped the orders`)
      await ana.expectTold('A-2 is being planned')
      const clone = await ops.expectMessage(
        'Clone the shop · checkout · production',
        'A-2 ',
        `shop as it was at ${lost}`,
      )
      await ops.expectMessage('A-2 waits for approval')
      await ana.click(clone, 'Approve')
      await ana.expectTold('You asked for it, so somebody else approves it')
      await ben.click(clone, 'Approve')
      await everywhere('A-2 began')
      await everywhere('A-2 worked and is verified')
      await clone.expectEdit('newest record', 'read every checksum', `as it was at ${lost}`)
      const [folder = ''] = fs.readdirSync(archived.restored)
      const cluster = path.join(archived.restored, folder)
      const restored = new pg.Client({ host: cluster, port, user: 'postgres', database: 'shop' })
      await restored.connect()
      expect(await asking(restored, counting)).toEqual({ n: 20_001, last: 1 })
      expect(await hasOrders()).toBe(false)
      execFileSync(
        path.join(realBinaries ?? '', 'pg_ctl'),
        ['-D', path.join(cluster, 'data'), '-m', 'immediate', '-s', 'stop'],
        { ...identity, cwd: '/' },
      )

      // The gravest: killed after both folders were renamed, before the server was started. It is finished.
      fs.writeFileSync(killer('start'), '')
      await ana.type('#general', `/action restore checkout production ${lost} because somebody dropped the orders`)
      await fill(ana, 'Ask for an action', { Confirmation })
      await ana.expectTold('A-3 is being planned')
      const card = await ops.expectMessage(
        'Restore the shop · checkout · production',
        'A-3 ',
        `everything written to shop after ${lost}`,
      )
      await ops.expectMessage('@ben @cleo A-3 waits for approval by operators, owners')
      await approveAndRun(card, 3)
      await ops.expectMessage('@ana: nobody knows whether A-3 happened', 'in the middle of the swap')
      await everywhere('A-3 worked and is verified')
      expect(await inShop(counting)).toEqual({ n: 20_001, last: 1 })
      expect(await inShop('show archive_mode')).toEqual({ archive_mode: 'on' })

      // Back again: killed while nothing was renamed yet, and the server stood still. It is started again.
      fs.writeFileSync(killer('stopped'), '')
      const undo = async (number: number) => {
        await ana.click(card, 'Undo…')
        await fill(ana, 'Ask for an action', { Confirmation })
        await ana.expectTold(`A-${number} is being planned`)
        const back = await ops.expectMessage(
          'Restore the shop · checkout · production',
          `A-${number} `,
          'shop is what data_before_',
        )
        await ops.expectMessage(`@ben @cleo A-${number} waits for approval`)
        await approveAndRun(back, number)
      }
      await undo(4)
      await ops.expectMessage('@ana: nobody knows whether A-4 happened', 'in the middle of the swap')
      await everywhere('A-4 failed')
      expect(await hasOrders()).toBe(true)

      // The live server is dead when it is asked again: what nobody could stop is swapped all the same.
      const [postmaster = ''] = fs.readFileSync(path.join(archived.server.data, 'postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(postmaster), 'SIGKILL')
      await undo(5)
      await everywhere('A-5 worked and is verified')
      expect(await hasOrders()).toBe(false)
      process.stdout.write(`\nclone to a moment:\n${clone.shows()}\nin place, killed half-way:\n${card.shows()}\n`)
    },
    { config, secrets: { SHOP_URL: archived?.server.url ?? '' }, secondsMax: 180 },
  )
})
