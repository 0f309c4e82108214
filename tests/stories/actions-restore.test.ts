/** A real database is restored from Slack: the gravest kind of action, with the two groups and the phrases that it needs. */
import path from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { fillShop, identity, type RealServer, realBinaries, startRealServer } from '../support/real-postgres.ts'
import { rehearsed, withEntries } from '../support/rehearsal.ts'
import { type Person, story } from '../support/story.ts'

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
    probes: [{ sql: { urlVariable: 'SHOP_URL', query: 'select count(*) from orders', is: '20000' } }],
    passes: 2,
    every: '1s',
    within: '30s',
  },
})
const groups = '  operators: [U0BEN00002]\n  owners: [U0CLEO0003]\n'
const config = (example: string) =>
  withEntries(entry)(example).replace('  breakGlass: [] # Who', `${groups}  breakGlass: [] # Who`)

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
    await shop.query('drop table orders')
    await shop.end()
  })
  afterAll(() => server?.stop())

  story(
    'a dropped table comes back: planned, typed, approved by two groups, restored beside, checked, swapped in, probed',
    async ({ slack }) => {
      const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
      const Confirmation = 'restore checkout production'

      await ana.type('#general', '/action restore checkout production because somebody dropped the orders')
      await fill(ana, 'Run an action', {
        'What?': 'Restore the shop · checkout/production',
        'Why?': 'somebody dropped the orders',
        Confirmation,
      })
      await ana.expectTold('A-1 is being planned')
      const ops = slack.channel('#ops')
      const card = await ops.expectMessage('Restore the shop', 'shop from monday.dump')
      await ops.expectMessage('@ben @cleo A-1 waits for approval by operators, owners')
      await card.expectEdit('everything written to shop after', 'connections are cut for the moment of the swap')
      for (const person of [ben, cleo]) {
        await person.click(card, 'Approve')
        await fill(person, 'Approve', { Confirmation })
      }
      await ops.expectMessage('@ana: A-1 is approved', 'Run now')
      await ana.click(card, 'Run now')

      await ops.expectMessage('A-1 began')
      await ops.expectMessage('A-1 worked and is verified')
      await card.expectEdit('worked, verified', '20000')
      const restored = await server?.connect()
      const counted = await restored?.query('select count(*)::int as n from orders')
      await restored?.end()
      expect(counted?.rows).toEqual([{ n: 20_000 }])
      await slack.channel('#status-updates').expectMessage('A-1 began')
      await slack.channel('#status-updates').expectMessage('A-1 worked and is verified')
    },
    { config, secrets },
  )
})
