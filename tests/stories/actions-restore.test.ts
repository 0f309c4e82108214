/** A real database is restored from Slack: the gravest kind of action, with the two groups and the phrases that it needs. */
import path from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { fillShop, identity, type RealServer, realBinaries, startRealServer } from '../support/real-postgres.ts'
import { rehearsed, withEntries } from '../support/rehearsal.ts'
import { type Person, type SeenMessage, story } from '../support/story.ts'

const server: RealServer | null = realBinaries === null ? null : await startRealServer()
const backups = path.join(server?.home ?? '/nowhere', 'backups')
const secrets = { SHOP_URL: server?.url ?? '' }

/** The catalogue as somebody would write it who swaps a restored database in. */
const entry = rehearsed('restore-checkout', {
  title: 'Restore the shop',
  verb: 'restore',
  tier: 'T3',
  executor: 'postgres-restore',
  with: {
    from: 'dumps',
    folder: backups,
    urlVariable: 'SHOP_URL',
    database: 'shop',
    finally: 'swap',
    binaries: realBinaries ?? '/nowhere',
    ...(identity ? { user: identity } : {}),
    checks: { queries: [{ query: 'select count(*) from customers', is: '500' }] },
  },
  approve: [{ group: 'operators' }, { group: 'owners' }],
  verify: {
    probes: [{ sql: { urlVariable: 'SHOP_URL', query: 'select count(*) from customers', is: '500' } }],
    passes: 2,
    every: '1s',
    within: '30s',
  },
})
const groups = '  operators: [U0BEN00002]\n  owners: [U0CLEO0003]\n'
const config = (example: string) =>
  withEntries(entry)(example).replace('  breakGlass: [] # Who', `${groups}  breakGlass: [] # Who`)

async function countOrders(): Promise<unknown> {
  const shop = await server?.connect()
  const counted = await shop?.query('select count(*)::int as n from orders')
  await shop?.end()
  return counted?.rows[0]?.n
}

async function fill(person: Person, form: string, values: Record<string, string>): Promise<void> {
  await person.expectModal(form)
  await person.submit(values)
}

describe.skipIf(server === null)('with a real database', () => {
  beforeAll(async () => {
    if (server === null) return
    await fillShop(server)
    server.run('pg_dump', '--format=custom', `--file=${path.join(backups, 'monday.dump')}`, 'shop')
    const shop = await server.connect()
    await shop.query('delete from orders')
    await shop.end()
  })
  afterAll(() => server?.stop())

  story(
    'deleted rows come back: planned, typed, approved by two groups, restored beside, checked, swapped in, probed, and back',
    async ({ slack, clock }) => {
      const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
      const Confirmation = 'restore checkout production'
      const ops = slack.channel('#ops')
      const approveAndRun = async (card: SeenMessage, number: number) => {
        for (const person of [ben, cleo]) {
          await person.click(card, 'Approve')
          await fill(person, 'Approve', { Confirmation })
        }
        await ops.expectMessage(`@ana: A-${number} is approved`, 'Run now')
        await ana.click(card, 'Run now')
        for (const words of ['began', 'worked and is verified']) {
          await ops.expectMessage(`A-${number} ${words}`)
          await slack.channel('#status-updates').expectMessage(`A-${number} ${words}`)
        }
      }

      await ana.type('#general', '/action restore checkout production because somebody deleted the orders')
      await fill(ana, 'Ask for an action', { Confirmation })
      await ana.expectTold('A-1 is being planned')
      const card = await ops.expectMessage('Restore the shop', 'shop from monday.dump')
      await ops.expectMessage('@ben @cleo A-1 waits for approval by operators, owners')
      await card.expectEdit('everything written to shop after', 'connections are cut for the moment of the swap')
      await approveAndRun(card, 1)
      await card.expectEdit('worked, verified', '500')
      expect(await countOrders()).toBe(20_000)

      // The way back knows which database was kept, and wants the phrase and both groups anew.
      await ana.click(card, 'Undo…')
      await fill(ana, 'Ask for an action', { Confirmation })
      await ana.expectTold('A-2 is being planned')
      const back = await ops.expectMessage('Restore the shop · checkout · production', 'shop is what shop_before_')
      await ops.expectMessage('@ben @cleo A-2 waits for approval')
      await approveAndRun(back, 2)
      expect(await countOrders()).toBe(0)

      await clock.advance('7d')
      // What A-1 kept is live again, so nobody is asked to remove that.
      await ops.expectMessage('@ana: A-2', 'kept shop_before_', 'drop database shop_before_')
    },
    { config, secrets },
  )
})
