/** Who is on call in PagerDuty now, with the numbers by which they can be called when PagerDuty itself is away. */
import { z } from 'zod'
import { DeliveryError } from '../../core/ports.ts'
import type { Ask } from './asking.ts'

export type Looked =
  | { outcome: 'seen'; entries: readonly OnCall[]; users: readonly { id: string; email: string }[] | null }
  /** It did not answer, or not as it should. */
  | { outcome: 'failed'; code: string }

export interface OnCall {
  policy: string | null
  policyName: string | null
  schedule: string | null
  scheduleName: string | null
  /** 1 is called first. */
  level: number
  user: { id: string; name: string; email: string | null; phone: string | null }
  /** Null: always. */
  until: string | null
}

const Reference = z.object({ id: z.string(), summary: z.string().nullish() }).nullish()
const OnCalls = z.object({
  oncalls: z.array(
    z.object({
      user: z.object({
        id: z.string(),
        summary: z.string().nullish(),
        name: z.string().nullish(),
        email: z.string().nullish(),
      }),
      escalation_policy: Reference,
      schedule: Reference,
      escalation_level: z.number(),
      end: z.string().nullish(),
    }),
  ),
  more: z.boolean().nullish(),
})
const Users = z.object({
  users: z.array(z.object({ id: z.string(), email: z.string() })),
  more: z.boolean().nullish(),
})
const Methods = z.object({
  contact_methods: z.array(
    z.object({ type: z.string(), address: z.string().nullish(), country_code: z.number().nullish() }),
  ),
})

// A hundred an answer is what the API gives at most; nobody configures more policies here than ten such answers show.
const pageSize = 100
const pagesMax = 10

export async function lookAtOnCall(
  ask: Ask,
  wanted: { policies: readonly string[]; schedules: readonly string[]; emails?: readonly string[] },
  stop: AbortSignal,
): Promise<Looked> {
  try {
    const found = [
      ...(await onCalls(ask, 'escalation_policy_ids[]', wanted.policies)),
      ...(await onCalls(ask, 'schedule_ids[]', wanted.schedules)),
    ]
    const phones = new Map<string, string | null>()
    // In sequence: a handful of people, and nobody waits for it.
    for (const { user } of found) if (!phones.has(user.id)) phones.set(user.id, await phoneOf(ask, user.id))
    const users = wanted.emails?.length ? await usersOf(ask, new Set(wanted.emails)) : null
    return { outcome: 'seen', entries: found.map((one) => entryOf(one, phones.get(one.user.id) ?? null)), users }
  } catch (error) {
    // We are asked to stop: that says nothing about PagerDuty.
    if (!(error instanceof DeliveryError) || stop.aborted) throw error
    return { outcome: 'failed', code: error.code }
  }
}

type Found = z.infer<typeof OnCalls>['oncalls'][number]

async function onCalls(ask: Ask, filter: string, ids: readonly string[]): Promise<Found[]> {
  const found: Found[] = []
  if (ids.length === 0) return found
  for (let page = 0; page < pagesMax; page += 1) {
    // In sequence: each answer says whether there is another.
    const query = { [filter]: ids, 'include[]': 'users', limit: `${pageSize}`, offset: `${page * pageSize}` }
    const answer = await ask({ path: 'oncalls', query }, OnCalls)
    found.push(...answer.oncalls)
    if (!answer.more) break
  }
  return found
}

/** Those whom we know as well; who else is there is none of our business. */
async function usersOf(ask: Ask, emails: ReadonlySet<string>): Promise<{ id: string; email: string }[]> {
  const found: { id: string; email: string }[] = []
  for (let page = 0; page < pagesMax; page += 1) {
    // In sequence: each answer says whether there is another.
    const answer = await ask({ path: 'users', query: { limit: `${pageSize}`, offset: `${page * pageSize}` } }, Users)
    found.push(...answer.users.filter(({ email }) => emails.has(email.toLowerCase())))
    if (!answer.more) break
  }
  return found
}

/** The first number that they gave; one that cannot be read must not hide who is on call. */
async function phoneOf(ask: Ask, user: string): Promise<string | null> {
  const { contact_methods: methods } = await ask({ path: `users/${user}/contact_methods` }, Methods)
  const phone = methods.find(({ type, address }) => type === 'phone_contact_method' && address)
  if (!phone) return null
  return phone.country_code ? `+${phone.country_code} ${phone.address}` : (phone.address ?? null)
}

function entryOf(
  { user, escalation_policy: policy, schedule, escalation_level, end }: Found,
  phone: string | null,
): OnCall {
  return {
    policy: policy?.id ?? null,
    policyName: policy?.summary ?? null,
    schedule: schedule?.id ?? null,
    scheduleName: schedule?.summary ?? null,
    level: escalation_level,
    user: { id: user.id, name: user.name ?? user.summary ?? user.id, email: user.email ?? null, phone },
    until: end ? new Date(end).toISOString() : null,
  }
}
