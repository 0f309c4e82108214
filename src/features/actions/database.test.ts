/** The database by itself: whatever the program, or somebody with a SQL prompt, may try. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../../tests/support/database.ts'
import { type Database, rows } from '../../core/db.ts'
import { verifyAudit } from './audit.ts'

const counter = { next: 1 }

describe.each(databaseKinds)('$kind', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  const run = (text: string) => database.db.execute(sql.raw(text))
  const refusal = async (text: string) => {
    try {
      await run(text)
      return 'accepted'
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      return cause instanceof Error ? cause.message.replace(/^action \d+: /, '') : 'refused'
    }
  }

  interface Given {
    target?: string
    tier?: number
    needs?: string
    lives?: string
    incident?: string
  }
  async function planning(given: Given = {}): Promise<number> {
    const id = counter.next
    counter.next += 1
    const { target = `checkout/e${id}`, tier = 2, needs = '[{"group":"approvers","count":1}]', incident } = given
    await run(`insert into actions (id, name, verb, title, target, service, environment, tier, executor, params, entry_sha,
      requested_by, is_private, home, reason, standing, pings, needs, confirms, runs_itself, timeout_seconds, state, plan_number,
      detail, tail, probes, settlements, deputies_asked, requested_at, incident) values
      (${id}, 'rollback', 'rollback', 'Roll back', '${target}', 'checkout', 'x', ${tier}, 'rehearsal', '{"to":"v1"}', 'sha',
      'U_ANA', false, '#ops', 'clients see errors', '[]', '{}', '${needs}', 'none', true, 60, 'planning', 1,
      '', '', '[]', '[]', false, now(), ${incident ? `'${incident}'` : 'null'})`)
    return id
  }
  async function waiting(given: Given = {}): Promise<number> {
    const id = await planning(given)
    await run(`update actions set state = 'waiting', plan = '{"before":"v2"}', plan_hash = 'h${id}',
      plan_expires_at = clock_timestamp() + interval '${given.lives ?? '10 minutes'}' where id = ${id}`)
    return id
  }
  const approval = (id: number, person = 'U_BEN', { hash = `h${id}`, groups = '["approvers"]', number = 1 } = {}) =>
    `insert into action_approvals values (${id}, ${number}, '${hash}', '${person}', '${groups}', now())`
  async function approved(given: Given = {}): Promise<number> {
    const id = await waiting(given)
    await run(approval(id))
    await run(`update actions set state = 'approved' where id = ${id}`)
    return id
  }
  async function begun(given: Given = {}): Promise<number> {
    const id = await approved(given)
    await run(`update actions set state = 'preflight' where id = ${id}`)
    return id
  }
  const dispatch = (id: number, guards = '[{"name":"drift","isOk":true}]') =>
    `update actions set state = 'dispatching', dispatch_key = 'key-${id}', guards = '${guards}' where id = ${id}`

  beforeEach(async () => {
    await run(`update action_holds set released_at = now() where released_at is null`)
    await run(`update action_switches set is_off = false`)
  })

  test('the whole way is open to whoever keeps the rules', async () => {
    const id = await begun()
    await run(dispatch(id))
    await run(`update actions set state = 'running', handle = '{}' where id = ${id}`)
    await run(`update actions set state = 'verifying' where id = ${id}`)
    await run(`update actions set state = 'succeeded' where id = ${id}`)
    const [row] = await rows<{ state: string }>(database.db, sql`select state from actions where id = ${id}`)
    expect(row?.state).toBe('succeeded')
  })

  test('no step may be left out, and none taken back', async () => {
    const graph = await rows<{ from_state: string; to_state: string }>(
      database.db,
      sql`select * from action_transitions`,
    )
    const states = [...new Set(graph.flatMap((edge) => [edge.from_state, edge.to_state]))]
    const id = await waiting()
    const legal = graph.filter((edge) => edge.from_state === 'waiting').map((edge) => edge.to_state)
    for (const state of states.filter((one) => one !== 'waiting' && !legal.includes(one)))
      expect(await refusal(`update actions set state = '${state}' where id = ${id}`)).toBe(
        `waiting cannot become ${state}`,
      )
    expect(await refusal(`update actions set state = 'done' where id = ${id}`)).toBe('waiting cannot become done')
    expect(await refusal(`delete from actions where id = ${id}`)).toContain('never deleted')
  })

  test('an action begins with planning, and nowhere else', async () => {
    const id = await planning()
    const copy = `insert into actions select (a).* from (select a, 1 from actions a where id = ${id}) x`
    expect(await refusal(copy)).toContain('duplicate key')
    const forged = `insert into actions (id, name, verb, title, target, service, environment, tier, executor, params, entry_sha,
      is_private, home, reason, standing, pings, needs, confirms, runs_itself, timeout_seconds, state, plan_number, detail, tail, probes,
      settlements, deputies_asked, requested_at) select 900000 + ${id}, name, verb, title, target, service, environment, tier,
      executor, params, entry_sha, is_private, home, reason, standing, pings, needs, confirms, runs_itself, timeout_seconds, 'approved',
      1, '', '', '[]', '[]', false, now() from actions where id = ${id}`
    expect(await refusal(forged)).toBe('an action begins with planning')
  })

  test('nobody approves their own, twice, an older plan, too late, for no group, or what does not wait', async () => {
    const id = await waiting()
    expect(await refusal(approval(id, 'U_ANA'))).toBe('nobody approves their own')
    expect(await refusal(approval(id, 'U_BEN', { hash: 'other' }))).toBe('that plan is not the one that waits')
    expect(await refusal(approval(id, 'U_BEN', { number: 2 }))).toBe('that plan is not the one that waits')
    expect(await refusal(approval(id, 'U_BEN', { groups: '[]' }))).toBe('an approval speaks for a group')
    expect(await refusal(approval(id))).toBe('accepted')
    expect(await refusal(approval(id))).toContain('duplicate key')
    expect(await refusal(`delete from action_approvals where action = ${id}`)).toContain('never deleted')
    const late = await waiting({ lives: '-1 second' })
    expect(await refusal(approval(late))).toBe('the plan expired')
    expect(await refusal(approval(await planning()))).toBe('it does not wait for approval')
  })

  test('without its approvals nothing is approved: not enough people, not the right groups, too late', async () => {
    const id = await waiting({ needs: '[{"group":"operators","count":1},{"group":"owners","count":1}]' })
    const approve = `update actions set state = 'approved' where id = ${id}`
    expect(await refusal(approve)).toBe('not enough approvals of this plan')
    await run(approval(id, 'U_BEN', { groups: '["operators","owners"]' }))
    expect(await refusal(approve)).toBe('not enough approvals of this plan')
    await run(approval(id, 'U_CLEO', { groups: '["operators"]' }))
    expect(await refusal(approve)).toBe('accepted')
    const alike = await waiting({ needs: '[{"group":"operators","count":1},{"group":"owners","count":1}]' })
    await run(approval(alike, 'U_BEN', { groups: '["operators"]' }))
    await run(approval(alike, 'U_CLEO', { groups: '["operators"]' }))
    expect(await refusal(`update actions set state = 'approved' where id = ${alike}`)).toBe(
      'not enough approvals of this plan',
    )
    const old = await waiting({ needs: '[]', lives: '-1 second' })
    expect(await refusal(`update actions set state = 'approved' where id = ${old}`)).toBe('the plan expired')
  })

  test('what was asked, and what was approved, cannot be changed afterwards', async () => {
    const id = await approved()
    for (const change of [
      `params = '{"to":"v0"}'`,
      `target = 'payments/production'`,
      `tier = 0`,
      `needs = '[]'`,
      `requested_by = 'U_BEN'`,
    ])
      expect(await refusal(`update actions set ${change} where id = ${id}`)).toBe(
        'what was asked for cannot be changed',
      )
    for (const change of [`plan = '{"before":"v9"}'`, `plan_hash = 'h0'`, `plan_expires_at = now() + interval '1 day'`])
      expect(await refusal(`update actions set ${change} where id = ${id}`)).toBe('the plan is frozen')
  })

  test('one action a target: the second finds the lock, also while nobody knows what became of the first', async () => {
    const first = await begun({ target: 'search/production' })
    const second = await approved({ target: 'search/production' })
    const begin = `update actions set state = 'preflight' where id = ${second}`
    expect(await refusal(begin)).toContain('actions_one_a_target')
    await run(dispatch(first))
    await run(`update actions set state = 'unknown' where id = ${first}`)
    expect(await refusal(begin)).toContain('actions_one_a_target')
    await run(`update actions set state = 'settled_not_done' where id = ${first}`)
    expect(await refusal(begin)).toBe('accepted')
  })

  test('nothing is dispatched twice, without guards, or against one that says no', async () => {
    const id = await begun()
    expect(await refusal(dispatch(id, '[]'))).toBe('no dispatch without guards')
    expect(await refusal(dispatch(id, '[{"name":"drift","isOk":false}]'))).toBe('a guard says no: drift')
    expect(await refusal(dispatch(id, '[{"name":"drift"}]'))).toBe('a guard says no: drift')
    expect(await refusal(dispatch(id))).toBe('accepted')
    expect(await refusal(`update actions set dispatch_key = 'again' where id = ${id}`)).toBe(
      'dispatched once and never again',
    )
    expect(await refusal(`update actions set state = 'preflight' where id = ${id}`)).toBe(
      'dispatching cannot become preflight',
    )
  })

  test('a held target, and actions that are switched off, stop it at the last moment; what only reads passes', async () => {
    const id = await approved({ target: 'held/production' })
    const reading = await approved({ target: 'held/staging', tier: 0 })
    await run(`insert into action_holds (id, scope, owner, reason, placed_at, until)
      values (${id}, 'held/*', 'U_CLEO', 'we count stock', now(), now() + interval '1 hour')`)
    const begin = `update actions set state = 'preflight' where id = ${id}`
    expect(await refusal(begin)).toBe('the target is held')
    await run(`update action_holds set released_at = now() where id = ${id}`)
    await run(
      `insert into action_switches values ('all', true, 'U_CLEO', 'wild', now()) on conflict (id) do update set is_off = true`,
    )
    expect(await refusal(begin)).toBe('actions are switched off')
    expect(await refusal(`update actions set state = 'preflight' where id = ${reading}`)).toBe('accepted')
    await run(`update action_switches set is_off = false`)
    expect(await refusal(begin)).toBe('accepted')
    await run(`insert into action_holds (id, scope, owner, reason, placed_at, until)
      values (${id + 1_000}, '*/production', 'U_CLEO', 'we count stock', now(), now() + interval '1 hour')`)
    expect(await refusal(dispatch(id))).toBe('the target is held')
    expect(
      await refusal(`insert into action_holds (id, scope, reason, placed_at, until)
      values (99, 'a/b', 'for ever', now(), now() + interval '1 year')`),
    ).toContain('action_holds_check')
  })

  test('glass is broken for an incident, with a reason, by somebody, who has no review overdue', async () => {
    const glass = (by: string, reason: string) => `break_glass = '{"by":"${by}","reason":"${reason}"}'`
    const why = 'nobody else is awake and it burns'
    const id = await waiting({ incident: '7' })
    const without = await waiting()
    expect(await refusal(`update actions set state = 'approved', ${glass('U_EVA', why)} where id = ${without}`)).toBe(
      'the glass may not be broken',
    )
    expect(await refusal(`update actions set state = 'approved', ${glass('U_EVA', 'urgent')} where id = ${id}`)).toBe(
      'the glass may not be broken',
    )
    expect(await refusal(`update actions set state = 'approved', ${glass('', why)} where id = ${id}`)).toBe(
      'the glass may not be broken',
    )
    const review = `review = '{"of":"U_EVA","by":null,"dueAt":"2020-01-01T00:00:00Z"}'`
    expect(
      await refusal(`update actions set state = 'approved', ${glass('U_EVA', why)}, ${review} where id = ${id}`),
    ).toBe('accepted')
    const next = await waiting({ incident: '7' })
    expect(await refusal(`update actions set state = 'approved', ${glass('U_EVA', why)} where id = ${next}`)).toBe(
      'the glass may not be broken',
    )
  })

  test('the audit finds the very row that a superuser altered, and an anchor finds a tail that was cut off', async () => {
    const clean = await verifyAudit(database.db)
    expect(clean.firstBad).toBeNull()
    expect(clean.checked).toBeGreaterThan(20)
    expect(await refusal(`update audit_log set kind = 'nothing' where seq = 17`)).toContain('only ever added to')
    expect(await refusal(`delete from audit_log`)).toContain('only ever added to')
    expect(await refusal(`truncate audit_log`)).toContain('only ever added to')

    const anchor = { ...(clean.head ?? { seq: 0, hash: '' }), at: '' }
    await run(`alter table audit_log disable trigger all`)
    await run(`update audit_log set payload = replace(payload, '"seq": 17', '"seq": 17 ') where seq = 17`)
    expect((await verifyAudit(database.db)).firstBad).toBe(17)
    await run(`update audit_log set payload = replace(payload, '"seq": 17 ', '"seq": 17') where seq = 17`)
    await run(`update audit_log set at = at - interval '1 hour' where seq = 12`)
    expect((await verifyAudit(database.db)).firstBad).toBe(12)
    await run(`update audit_log set at = at + interval '1 hour' where seq = 12`)
    expect((await verifyAudit(database.db)).firstBad).toBeNull()
    await run(`delete from audit_log where seq = 9`)
    expect((await verifyAudit(database.db)).firstBad).toBe(10)
    await run(`delete from audit_log where seq > 5`)
    expect((await verifyAudit(database.db)).firstBad).toBeNull()
    expect((await verifyAudit(database.db, [anchor])).missing).toEqual([anchor])
  })
})
