/** What `tocsin doctor` asks of PagerDuty beyond the token: whether what tocsin.yml names is there. Nobody is woken for it. */
import { z } from 'zod'
import type { Finding } from '../../core/finding.ts'
import { DeliveryError } from '../../core/ports.ts'
import { type Ask, type RestOptions, restOf } from './asking.ts'

export interface NamedThere {
  policies: readonly string[]
  schedules: readonly string[]
  actAs: string | null
  priorities: readonly string[]
}

const Users = z.object({ users: z.array(z.object({ email: z.string() })) })
const Priorities = z.object({ priorities: z.array(z.object({ name: z.string() })) })

export async function checkNamed(options: RestOptions, named: NamedThere): Promise<Finding[]> {
  const ask = restOf(options, new AbortController().signal)
  const { actAs } = named
  return Promise.all([
    ...named.policies.map((id) => found(ask, `escalation_policies/${id}`, `the escalation policy ${id}`)),
    ...named.schedules.map((id) => found(ask, `schedules/${id}`, `the schedule ${id}`)),
    ...(actAs === null ? [] : [knows(`the user ${actAs}`, () => isUser(ask, actAs), 'correct oncall.pagerduty.actAs')]),
    ...named.priorities.map((name) =>
      knows(
        `the priority ${name}`,
        () => isPriority(ask, name),
        'correct oncall.pagerduty.priorities, or add it there',
      ),
    ),
  ])
}

function found(ask: Ask, path: string, words: string): Promise<Finding> {
  const isThere = () =>
    ask({ path }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DeliveryError && error.code === 'pagerduty_http_404') return false
        throw error
      },
    )
  return knows(words, isThere, 'correct its id below oncall.teams: it ends the address there')
}

async function isUser(ask: Ask, email: string): Promise<boolean> {
  const { users } = await ask({ path: 'users', query: { query: email } }, Users)
  return users.some((user) => user.email.toLowerCase() === email.toLowerCase())
}

async function isPriority(ask: Ask, name: string): Promise<boolean> {
  const { priorities } = await ask({ path: 'priorities' }, Priorities)
  return priorities.some((priority) => priority.name === name)
}

async function knows(words: string, isThere: () => Promise<boolean>, fix: string): Promise<Finding> {
  const what = `PagerDuty knows ${words}`
  try {
    return (await isThere()) ? { what, isFine: true } : { what, isFine: false, fix }
  } catch (error) {
    const code = error instanceof DeliveryError ? error.code : String(error)
    return {
      what,
      isFine: false,
      fix: `it could not be asked (${code}): try again, and look at what the token may read`,
    }
  }
}
