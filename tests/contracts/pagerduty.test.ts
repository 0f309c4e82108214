/**
 * Tocsin speaks to PagerDuty as PagerDuty describes it, and the simulator answers as PagerDuty does: everything that is
 * asked and answered goes through a notary.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPagerDuty } from '../../src/adapters/pagerduty/check.ts'
import { checkNamed } from '../../src/adapters/pagerduty/check-named.ts'
import { createPager } from '../../src/adapters/pagerduty/index.ts'
import { createPagerDutyRest } from '../../src/adapters/pagerduty/rest.ts'
import type { PagerDutyEffect, PagerEffect } from '../../src/core/effects.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { type Schema, statedShapes } from '../../src/simulator/pagerduty/shapes.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { manifest } from '../support/manifest.ts'
import { type Description, type Notary, startNotary } from '../support/pagerduty-notary.ts'
import { publishedDescription } from '../support/pagerduty-published.ts'

const state = {} as { simulator: Simulator }
beforeAll(async () => {
  state.simulator = await startSimulator({ manifest })
})
afterAll(() => state.simulator.close())

const published = publishedDescription(Object.keys(statedShapes))
if (!published)
  process.stderr.write(
    'SKIPPED: the contract with the whole of PagerDuty’s description. Check out github.com/PagerDuty/api-schema and set PAGERDUTY_API_SCHEMA to its folder to run it.\n',
  )

test('what we ask PagerDuty, and what the simulator answers, is as PagerDuty has it', () =>
  everythingHolds({ shapes: statedShapes }))

test.skipIf(!published)(
  'it holds against the whole of PagerDuty’s own description, and so does what we state of it',
  async () => {
    const description = published ?? { shapes: {} }
    for (const [name, { query, headers }] of Object.entries(statedShapes)) {
      expect(description.shapes[name]?.query, name).toEqual(expect.arrayContaining([...query]))
      expect(headers, name).toEqual(expect.arrayContaining([...(description.shapes[name]?.headers ?? [])]))
    }
    await everythingHolds(description)
  },
)

test('an unknown field, parameter or address, a missing header, an answer of another shape: each is noticed', async () => {
  const odd = { query: [], headers: ['x-missing'], body: null, answers: { 400: { type: 'string' } } }
  const { eventsUrl, apiUrl, complaints } = await notaryFor({ shapes: { ...statedShapes, 'GET /priorities': odd } })
  await fetch(`${apiUrl}/priorities?what=1`, { headers: { authorization } })
  await fetch(`${apiUrl}/nothing`)
  await fetch(eventsUrl, {
    method: 'POST',
    body: JSON.stringify({ routing_key: '', event_action: 'trigger', what: 1 }),
  })

  expect(complaints).toEqual([
    expect.stringContaining('there is no parameter what'),
    expect.stringContaining('the header x-missing is missing'),
    expect.stringContaining('the answer 400: data must be string'),
    'nothing is described at GET /nothing',
    expect.stringContaining('the question: data must NOT have additional properties'),
  ])
})

/** A question of each kind, right in every way; `{id}` is filled in. */
const bodies: Readonly<Record<string, object>> = {
  'POST /enqueue': {
    routing_key: 'simulator0routing0key00000000000',
    event_action: 'trigger',
    dedup_key: 'refused',
    payload: { summary: 'checkout is down', source: 'tocsin', severity: 'critical' },
    links: [{ href: 'https://example.com', text: 'Open' }],
  },
  'PUT /incidents/{id}': {
    incident: { type: 'incident_reference', priority: { id: 'PPRIOP1', type: 'priority_reference' } },
  },
  'POST /incidents/{id}/notes': { note: { content: 'Ana leads.' } },
  'POST /incidents/{id}/responder_requests': {
    requester_id: 'PEVA005',
    message: 'the queue needs you',
    responder_request_targets: [{ responder_request_target: { id: 'PBEN002', type: 'user_reference' } }],
  },
}

test('the simulator refuses what PagerDuty does not describe: each field missing, of another type, or made up', async () => {
  const { PAGERDUTY_EVENTS_URL: eventsUrl = '', PAGERDUTY_API_URL: apiUrl = '' } = state.simulator.env
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json', from }
  const asked = async (name: string, body: unknown, changed: Readonly<Record<string, string>> = headers) => {
    const [method = '', path = ''] = name.split(' ')
    const { id } = state.simulator.pagerduty.pages().find(({ status }) => status !== 'resolved') ?? { id: 'Q1' }
    const url = name === 'POST /enqueue' ? eventsUrl : `${apiUrl}${path.replace('{id}', id)}`
    const content = method === 'GET' ? {} : { body: JSON.stringify(body) }
    return (await fetch(url, { method, headers: changed, ...content })).status
  }
  const changing = Object.keys(statedShapes).filter((name) => statedShapes[name]?.body !== null)
  expect(Object.keys(bodies).toSorted()).toEqual(changing.toSorted())

  for (const [name, right] of Object.entries(bodies)) {
    expect([200, 202], name).toContain(await asked(name, right))
    for (const [what, wrong] of wrongFormsOf(right, statedShapes[name]?.body ?? {}))
      expect(await asked(name, wrong), `${name} with ${what}`).toBe(400)
  }
  for (const [name, { headers: needed }] of Object.entries(statedShapes))
    for (const header of needed.filter((one) => one === 'from')) {
      const { [header]: _, ...others } = headers
      expect(await asked(name, bodies[name], others), `${name} without ${header}`).toBe(400)
    }
  expect(await asked('GET /oncalls?what=1', null)).toBe(400)
  expect(await asked('DELETE /incidents/{id}', null)).toBe(404)
})

/** Of each field that is stated: left out where it is needed, and of another type; and in each object one that is none. */
function wrongFormsOf(right: unknown, schema: Schema): [string, unknown][] {
  if (Array.isArray(right)) {
    const [first, ...rest] = right
    const inside = wrongFormsOf(first, schema.items as Schema)
    return inside.map(([what, wrong]): [string, unknown] => [what, [wrong, ...rest]])
  }
  if (!(right instanceof Object)) return []
  const properties = schema.properties as Readonly<Record<string, Schema>>
  const required = schema.required as readonly string[]
  const fields = Object.entries(right).flatMap(([field, value]): [string, unknown][] => {
    const { [field]: _, ...without } = right as Record<string, unknown>
    const inner = wrongFormsOf(value, properties[field] ?? {})
    return [
      ...(required.includes(field) ? [[`${field} missing`, without] as [string, unknown]] : []),
      [`${field} as a number`, { ...right, [field]: 42 }],
      ...inner.map(([what, wrong]): [string, unknown] => [`${field}: ${what}`, { ...right, [field]: wrong }]),
    ]
  })
  return [...fields, ['a field that is none', { ...right, what: 1 }]]
}

const authorization = 'Token token=simulator-pagerduty-token'

function notaryFor(description: Description): Promise<Notary> {
  const { PAGERDUTY_EVENTS_URL: eventsUrl = '', PAGERDUTY_API_URL: apiUrl = '' } = state.simulator.env
  return startNotary(description, { eventsUrl, apiUrl })
}

/** Everything that Tocsin ever asks, the refusals too. */
async function everythingHolds(description: Description): Promise<void> {
  const notary = await notaryFor(description)
  const { PAGERDUTY_ROUTING_KEY = '', PAGERDUTY_TOKEN: token = '' } = state.simulator.env
  const { eventsUrl, apiUrl } = notary
  const pager = createPager({
    eventsUrl,
    routingKeyOf: (service) => (service === 'wrong' ? 'x' : PAGERDUTY_ROUTING_KEY),
  })
  const rest = createPagerDutyRest({ apiUrl, token })

  for (const effect of events) await pager.deliver({ ...around(), effect })
  const wrong: PagerEffect = { kind: 'pager.resolve', key: 'contract', service: 'wrong' }
  await expect(pager.deliver({ ...around(), effect: wrong })).rejects.toMatchObject({ code: 'invalid_routing_key' })
  for (const effect of beside) {
    await rest.deliver({ ...around(), effect })
    // In doubt it looks first: that is another question.
    await rest.deliver({ ...around(), effect, isInDoubt: true })
  }
  const stranger: PagerDutyEffect = { kind: 'pagerduty.note', key: 'contract', from: 'nobody@example.com', text: 'x' }
  await expect(rest.deliver({ ...around(), effect: stranger })).rejects.toMatchObject({ outcome: 'never' })
  await createPagerDutyRest({ apiUrl, token: 'wrong' }).deliver({ ...around(), effect: look })
  expect(await checkPagerDuty({ apiUrl, token })).toMatchObject({ isFine: true })
  const named = { policies: ['PPLATFORM', 'PGONE'], schedules: ['PSCHEDULE'], actAs: from, priorities: ['P1'] }
  expect((await checkNamed({ apiUrl, token }, named)).map(({ isFine }) => isFine)).toEqual([
    true,
    false,
    true,
    true,
    true,
  ])
  await pager.deliver({ ...around(), effect: { kind: 'pager.resolve', key: 'contract', service: '' } })

  expect(notary.complaints).toEqual([])
  expect([...notary.asked].toSorted()).toEqual(Object.keys(statedShapes).toSorted())
}

const events: readonly PagerEffect[] = [
  {
    kind: 'pager.trigger',
    key: 'contract',
    service: '',
    summary: 'P1 INC-42 checkout is down',
    severity: 'critical',
    link: 'https://example.com/incidents/42',
  },
  { kind: 'pager.acknowledge', key: 'contract', service: '' },
]
const whenDone = { feature: 'a', id: '1', command: { type: 'a.see' } }
const look: PagerDutyEffect = {
  kind: 'pagerduty.look',
  policies: ['PPLATFORM'],
  schedules: ['PSCHEDULE'],
  emails: ['ana@example.com'],
  whenDone,
  whenGivenUp: whenDone,
}
const from = 'eva@example.com'
const beside: readonly PagerDutyEffect[] = [
  look,
  { kind: 'pagerduty.find', key: 'contract', whenDone, whenGivenUp: whenDone },
  { kind: 'pagerduty.note', key: 'contract', from, text: 'Ana leads.' },
  { kind: 'pagerduty.priority', key: 'contract', from, priority: 'P1' },
  {
    kind: 'pagerduty.invite',
    key: 'contract',
    from,
    text: 'the queue needs you',
    targets: [
      { type: 'user', id: 'PBEN002' },
      { type: 'escalation_policy', id: 'PPLATFORM' },
    ],
  },
]

const around = () => ({
  id: '1',
  attempt: 1,
  isInDoubt: false,
  decidedAt: new Date(),
  now: new Date(),
  observed: null,
  signal: new AbortController().signal,
})
