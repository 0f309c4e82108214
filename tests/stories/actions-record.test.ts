/** Who else asks for actions, what is written down about them, and what a person finds in lists. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { fileEffects } from '../../src/core/outbox-store.ts'
import { requestAction, verifyAudit } from '../../src/features/actions/index.ts'
import { asked, expectRun, rehearsed, withEntries } from '../support/rehearsal.ts'
import { story } from '../support/story.ts'

const config = withEntries(rehearsed('rollback-checkout'))
const wish = {
  name: 'rollback-checkout',
  target: 'checkout/production',
  params: { to: 'v140' },
  reason: 'the launch was aborted',
  incident: null,
  home: '#ops',
  origin: { feature: 'launches', id: '7', label: 'launch «Autumn»' },
}

story(
  'another part of Tocsin may ask where the catalogue says so; people approve all the same, and it comes once',
  async ({ slack, stage }) => {
    const { db } = stage.app.database
    await fileEffects(db, 'launches/7', [requestAction(wish)], new Date())
    const ops = slack.channel('#ops')
    const card = await ops.expectMessage('v142 → v140', 'asked by launch «Autumn»')
    await ops.expectMessage('A-1 waits for approval', 'Asked by launch «Autumn»')
    await slack.person('ben').click(card, 'Approve')
    await expectRun(slack, 1)
    const [done] = await rows<{ origin: object }>(db, sql`select origin from actions where state = 'succeeded'`)
    expect(done?.origin).toEqual(wish.origin)
  },
  { config: withEntries(rehearsed('rollback-checkout', { mayAutomate: true })) },
)

story(
  'where the catalogue does not say so, no automation asks, and the refusal is on record',
  async ({ stage, settle }) => {
    const { db } = stage.app.database
    await fileEffects(db, 'launches/7', [requestAction(wish)], new Date())
    await settle()
    await expect
      .poll(
        async () =>
          (
            await rows<{ n: number }>(
              db,
              sql`select count(*)::int as n from audit_log where kind = 'action.request.refused'`,
            )
          )[0]?.n,
      )
      .toBe(1)
    expect(await rows(db, sql`select id from actions`)).toEqual([])
  },
  { config },
)

story(
  'the log tells who did what, refusals too; the list what is possible, under way and over; the chain holds',
  async ({ slack, stage }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.type('#general', '/action')
    const list = await ana.expectTold(
      'No action is under way',
      '/action rollback checkout production',
      'Roll back checkout',
    )
    expect(list.shows()).toContain('Run action')
    const card = await asked(slack, 1)
    await ana.type('#general', '/action approve A-1')
    await ana.expectTold('You asked for it')
    await ben.click(card, 'Approve')
    await expectRun(slack, 1)

    await ana.type('#general', '/action log A-1')
    const log = await ana.expectTold('@ana · A-1: asked for it', '@ana · A-1: refused to approve: own request')
    expect(log.shows()).toContain('@ben · A-1: approved it')
    expect(log.shows()).toContain('Tocsin · A-1: saw that it worked, verified')
    await ana.type('#general', '/action status A-1')
    await ana.expectTold('worked, verified', 'Undo…')
    await ana.type('#general', '/action list')
    await ana.expectTold('Over', 'A-1 Roll back checkout · production · worked, verified')

    const { db } = stage.app.database
    const verdict = await verifyAudit(db)
    expect(verdict.firstBad).toBeNull()
    expect(verdict.checked).toBeGreaterThan(10)
    const states = await rows<{ to: string }>(
      db,
      sql`select payload::jsonb -> 'body' ->> 'to' as to from audit_log where kind = 'state' and subject = 'actions/1' order by seq`,
    )
    expect(states.map(({ to }) => to)).toEqual([
      'planning',
      'waiting',
      'approved',
      'preflight',
      'dispatching',
      'running',
      'verifying',
      'succeeded',
    ])
  },
  { config },
)
