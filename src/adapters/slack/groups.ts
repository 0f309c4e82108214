/** Who is in a user group, as desired state: looked at first, so that what is right already is not written again. */
import { z } from 'zod'
import type { SlackEffect } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import { type Delivered, DeliveryError } from '../../core/ports.ts'
import type { Call } from './call.ts'
import { arrayIn } from './pages.ts'

const Group = z.object({ id: z.string(), handle: z.string() })

export async function keepGroup(
  { call, log }: { call: Call; log: Log },
  { group, members }: Extract<SlackEffect, { kind: 'slack.group' }>,
): Promise<Delivered> {
  const handle = group.replace(/^@/, '')
  const { usergroups } = await call('usergroups.list', { include_disabled: true })
  const found = arrayIn(usergroups)
    .flatMap((one) => Group.safeParse(one).data ?? [])
    .find((one) => one.handle === handle || one.id === handle)
  // Making groups is left to people: who may be mentioned by which name is theirs to say.
  if (!found) throw new DeliveryError('no_such_subteam', 'never')
  const { users } = await call('usergroups.users.list', { usergroup: found.id, include_disabled: true })
  const current = arrayIn(users).map(String)
  const isRight = current.length === members.length && members.every((member) => current.includes(member))
  if (members.length === 0 && !isRight) {
    log.warn({ group: handle }, 'a user group cannot be empty in Slack; it keeps its members')
  } else if (!isRight) {
    await call('usergroups.users.update', { usergroup: found.id, users: members.join(',') })
  }
  return { observed: { groupId: found.id, members } }
}
