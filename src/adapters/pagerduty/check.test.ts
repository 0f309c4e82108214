import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { manifest } from '../../../tests/support/manifest.ts'
import { startSimulator } from '../../simulator/index.ts'
import type { Simulator } from '../../simulator/types.ts'
import { checkPagerDuty } from './check.ts'
import { checkNamed } from './check-named.ts'

const state = {} as { simulator: Simulator }
beforeAll(async () => {
  state.simulator = await startSimulator({ manifest })
})
afterAll(() => state.simulator.close())
beforeEach(() => state.simulator.pagerduty.faults.clear())

const check = (change: { apiUrl?: string; token?: string; timeoutMilliseconds?: number } = {}) => {
  const { PAGERDUTY_API_URL = '', PAGERDUTY_TOKEN = '' } = state.simulator.env
  return checkPagerDuty({ apiUrl: PAGERDUTY_API_URL, token: PAGERDUTY_TOKEN, ...change })
}

test('a good token is found good', async () => {
  expect(await check()).toEqual({ what: expect.any(String), isFine: true })
})

test('a token that PagerDuty does not know is to be replaced', async () => {
  expect(await check({ token: 'stolen' })).toMatchObject({
    isFine: false,
    fix: expect.stringContaining('PAGERDUTY_TOKEN'),
  })
})

test('a PagerDuty that cannot be reached is a matter of the network', async () => {
  expect(await check({ apiUrl: 'http://127.0.0.1:1' })).toMatchObject({
    isFine: false,
    fix: expect.stringContaining('PAGERDUTY_API_URL'),
  })
})

test('a PagerDuty that does not answer is not waited for', async () => {
  state.simulator.pagerduty.faults.inject('abilities', { kind: 'hang' })
  expect(await check({ timeoutMilliseconds: 50 })).toMatchObject({
    isFine: false,
    fix: expect.stringContaining('PAGERDUTY_API_URL'),
  })
})

test('a PagerDuty in trouble is named as such', async () => {
  state.simulator.pagerduty.faults.mode = 'down'
  expect(await check()).toMatchObject({ isFine: false, fix: expect.stringContaining('503') })
})

test('what tocsin.yml names is asked for, and what PagerDuty does not know is said with the way to mend it', async () => {
  const { PAGERDUTY_API_URL: apiUrl = '', PAGERDUTY_TOKEN: token = '' } = state.simulator.env
  const named = { policies: ['PGONE'], schedules: ['PSCHEDULE'], actAs: 'nobody@example.com', priorities: ['P9'] }

  expect(await checkNamed({ apiUrl, token }, named)).toEqual([
    {
      what: 'PagerDuty knows the escalation policy PGONE',
      isFine: false,
      fix: expect.stringContaining('oncall.teams'),
    },
    { what: 'PagerDuty knows the schedule PSCHEDULE', isFine: true },
    { what: 'PagerDuty knows the user nobody@example.com', isFine: false, fix: expect.stringContaining('actAs') },
    { what: 'PagerDuty knows the priority P9', isFine: false, fix: expect.stringContaining('priorities') },
  ])
  state.simulator.pagerduty.faults.mode = 'down'
  expect(await checkNamed({ apiUrl, token }, { ...named, policies: [], schedules: [], priorities: [] })).toMatchObject([
    { isFine: false, fix: expect.stringContaining('could not be asked (pagerduty_http_503)') },
  ])
})
