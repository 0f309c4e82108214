/** People and user groups, read through a cache. While Slack is away, what was known is good enough. */
import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import type { People, Person, Whereabouts } from '../../core/people.ts'
import type { Clock } from '../../lib/clock.ts'
import { cached, createCache } from './cache.ts'
import type { Calls } from './call.ts'
import { codeOf } from './errors.ts'
import { arrayIn, itemsOf } from './pages.ts'

export interface PeopleOptions {
  calls: Calls
  clock: Clock
  log: Log
  /** Our workspace. Without it nobody could be told from a stranger. */
  teamId(): Promise<string>
}

const personMilliseconds = 10 * 60_000
const handlesMilliseconds = 10 * 60_000
const groupsMilliseconds = 5 * 60_000
const peopleMax = 5_000
// Names are looked up here only when Slack has not made an id of them; the largest workspaces do without the rest.
const handlesMax = 20_000

/** `forget`: somebody has changed, and is read anew when they are asked for. */
export function createPeople({ calls, clock, log, teamId }: PeopleOptions): People & { forget(id: string): void } {
  const call = calls.now
  const people = createCache<Person | null>({ clock, milliseconds: personMilliseconds, max: peopleMax })
  const members = createCache<readonly string[]>({ clock, milliseconds: groupsMilliseconds, max: 500 })
  const handles = cached(clock, handlesMilliseconds, readHandles)
  const groups = cached(clock, groupsMilliseconds, readGroups)

  async function readPerson(id: string): Promise<Person | null> {
    try {
      const { user } = await call('users.info', { user: id })
      return toPerson(WireUser.parse(user), await teamId())
    } catch (error) {
      if (unknownCodes.includes(codeOf(error))) return null
      throw error
    }
  }

  async function readHandles(): Promise<Map<string, string | null>> {
    const byHandle = new Map<string, string | null>()
    for await (const user of itemsOf(call, { method: 'users.list', args: {}, field: 'members', item: WireUser })) {
      if (user.deleted) continue
      for (const name of new Set(namesOf(user).map((one) => one.toLowerCase()))) {
        // Two people may show the same name. Paging the wrong one is worse than asking again.
        byHandle.set(name, byHandle.has(name) ? null : user.id)
      }
      if (byHandle.size >= handlesMax) break
    }
    return byHandle
  }

  async function readGroups(): Promise<Map<string, string>> {
    try {
      const { usergroups } = await call('usergroups.list', {})
      return new Map(
        arrayIn(usergroups)
          .map((group) => WireGroup.parse(group))
          .map(({ id, handle }) => [handle, id]),
      )
    } catch (error) {
      // Without the scope, or the paid plan, there are no groups: nobody is in them.
      if (!noGroupsCodes.test(codeOf(error))) throw error
      log.warn({ code: codeOf(error) }, 'Slack shows us no user groups, so nobody is in them')
      return new Map()
    }
  }

  async function readMembers(group: string): Promise<readonly string[]> {
    const { users } = await call('usergroups.users.list', { usergroup: group })
    return arrayIn(users).map(String)
  }

  async function statusOf(id: string): Promise<string> {
    const { user } = await call('users.info', { user: id })
    return WireUser.parse(user).profile?.status_text ?? ''
  }

  async function presenceOf(id: string): Promise<Whereabouts['presence']> {
    return (await call('users.getPresence', { user: id })).presence === 'away' ? 'away' : 'active'
  }

  async function isQuiet(id: string): Promise<boolean> {
    const { dnd_enabled, next_dnd_start_ts, next_dnd_end_ts } = WirePause.parse(await call('dnd.info', { user: id }))
    const now = clock.now().getTime() / 1_000
    return dnd_enabled && next_dnd_start_ts <= now && now < next_dnd_end_ts
  }

  /** Good to know, and never worth a failure: an older install lacks a scope, Slack is away. */
  async function asFarAsKnown<Value>(ask: Promise<Value>, otherwise: Value): Promise<Value> {
    try {
      return await ask
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'Slack does not say where somebody is')
      return otherwise
    }
  }

  async function whereabouts(id: string): Promise<Whereabouts> {
    const [presence, quiet, status] = await Promise.all([
      asFarAsKnown<Whereabouts['presence']>(presenceOf(id), 'unknown'),
      asFarAsKnown(isQuiet(id), false),
      asFarAsKnown(statusOf(id), ''),
    ])
    return { presence, isQuiet: quiet, status }
  }

  const find = (id: string) => (id === '' ? Promise.resolve(null) : people.get(id, () => readPerson(id)))

  return {
    find,
    async byHandle(handle) {
      const id = (await handles()).get(handle.toLowerCase())
      return id ? find(id) : null
    },
    async membersOf(groupHandle) {
      const group = (await groups()).get(groupHandle)
      return group === undefined ? [] : members.get(group, () => readMembers(group))
    },
    whereabouts,
    forget: people.forget,
  }
}

const unknownCodes = ['user_not_found', 'user_not_visible', 'users_not_found']
const noGroupsCodes = /^(missing_scope|plan_upgrade_required|not_allowed_token_type)/

// Only the fields we use; guests and people of other workspaces come with fewer.
const WireUser = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().default(''),
  real_name: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  tz: z.string().nullish(),
  profile: z
    .object({
      display_name: z.string().default(''),
      real_name: z.string().default(''),
      status_text: z.string().default(''),
    })
    .optional(),
  enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
})
type WireUser = z.infer<typeof WireUser>

// Only our own answer would also say until when they snooze; a snooze of others shows as such a pause.
const WirePause = z.object({
  dnd_enabled: z.boolean().default(false),
  next_dnd_start_ts: z.number().default(0),
  next_dnd_end_ts: z.number().default(0),
})

const WireGroup = z.object({ id: z.string(), handle: z.string() })

function toPerson(user: WireUser, ourTeam: string): Person {
  const [handle = ''] = namesOf(user)
  return {
    id: user.id,
    handle,
    realName: user.real_name ?? (user.profile?.real_name || handle),
    kind: kindOf(user, ourTeam),
    timeZone: user.tz ?? 'UTC',
  }
}

/** What people type after the @: the name that is shown, or the one that the account was made with. */
function namesOf({ name, profile }: WireUser): string[] {
  return [profile?.display_name ?? '', name].filter((one) => one !== '')
}

function kindOf(user: WireUser, ourTeam: string): Person['kind'] {
  if (user.deleted) return 'deactivated'
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot'
  if (user.is_stranger || isFromElsewhere(user, ourTeam)) return 'stranger'
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'
}

/** In an enterprise grid people belong to several workspaces, and `team_id` names only one of them. */
function isFromElsewhere({ team_id, enterprise_user }: WireUser, ourTeam: string): boolean {
  if (team_id === undefined || team_id === ourTeam) return false
  return !enterprise_user?.teams.includes(ourTeam)
}
