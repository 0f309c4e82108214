/** People and user groups, read through a cache. While Slack is down, what was known is good enough. */
import type { People, Person } from '../../core/people.ts'
import type { Call } from './call.ts'
import { codeOf } from './errors.ts'
import { listOf } from './places.ts'

const personMilliseconds = 10 * 60_000
const listMilliseconds = 5 * 60_000
const peopleMax = 5_000

export function createPeople(call: Call, teamId: () => string): People {
  const people = new Map<string, { person: Person; at: number }>()
  const handles = cached(listMilliseconds, () => readEverybody(call, teamId()))
  const groups = cached(listMilliseconds, () => readGroups(call))
  const members = new Map<string, () => Promise<readonly string[]>>()

  function remember(person: Person): Person {
    people.delete(person.id)
    people.set(person.id, { person, at: performance.now() })
    // The first in a Map is the one that was not asked for longest.
    const [oldest] = people.keys()
    if (people.size > peopleMax && oldest !== undefined) people.delete(oldest)
    return person
  }

  return {
    async find(id) {
      const known = people.get(id)
      if (known && performance.now() - known.at < personMilliseconds) return known.person
      try {
        const { user } = await call('users.info', { user: id }, { priority: 'answer' })
        return remember(toPerson(user as WireUser, teamId()))
      } catch (error) {
        if (['user_not_found', 'user_not_visible'].includes(codeOf(error))) return null
        if (known) return known.person
        throw error
      }
    },
    async byHandle(handle) {
      const wanted = handle.toLowerCase()
      return (await handles()).find((person) => person.handle.toLowerCase() === wanted) ?? null
    },
    async membersOf(handle) {
      const group = (await groups()).find((candidate) => candidate.handle === handle)
      if (!group) return []
      const read = members.get(group.id) ?? cached(listMilliseconds, () => readMembers(call, group.id))
      members.set(group.id, read)
      return read()
    },
  }
}

/** Reads again when it is old; what it had is kept while reading fails. */
function cached<Value>(milliseconds: number, read: () => Promise<Value>): () => Promise<Value> {
  const kept: { value?: Value; at: number } = { at: 0 }
  return async () => {
    if (kept.value !== undefined && performance.now() - kept.at < milliseconds) return kept.value
    try {
      kept.value = await read()
      kept.at = performance.now()
    } catch (error) {
      if (kept.value === undefined) throw error
    }
    return kept.value
  }
}

interface WireUser {
  id: string
  team_id?: string
  name?: string
  real_name?: string
  deleted?: boolean
  is_bot?: boolean
  is_restricted?: boolean
  is_ultra_restricted?: boolean
  is_stranger?: boolean
  tz?: string
}

function toPerson(user: WireUser, ourTeam: string): Person {
  return {
    id: user.id,
    handle: user.name ?? '',
    realName: user.real_name ?? user.name ?? '',
    kind: kindOf(user, ourTeam),
    timeZone: user.tz ?? 'UTC',
  }
}

function kindOf(user: WireUser, ourTeam: string): Person['kind'] {
  if (user.deleted) return 'deactivated'
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot'
  if (user.is_stranger || (user.team_id !== undefined && ourTeam !== '' && user.team_id !== ourTeam)) return 'stranger'
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'
}

async function readEverybody(call: Call, ourTeam: string): Promise<Person[]> {
  const all: Person[] = []
  for (let cursor = ''; ; ) {
    // In sequence: each page names the next.
    const page = await call('users.list', { limit: 200, ...(cursor ? { cursor } : {}) })
    for (const user of listOf(page.members)) all.push(toPerson(user as unknown as WireUser, ourTeam))
    cursor = String((page.response_metadata as { next_cursor?: string } | undefined)?.next_cursor ?? '')
    if (cursor === '' || all.length >= peopleMax) return all.filter((person) => person.kind !== 'deactivated')
  }
}

async function readGroups(call: Call): Promise<{ id: string; handle: string }[]> {
  const { usergroups } = await call('usergroups.list', {})
  return listOf(usergroups).map((group) => ({ id: String(group.id), handle: String(group.handle) }))
}

async function readMembers(call: Call, usergroup: string): Promise<readonly string[]> {
  const { users } = await call('usergroups.users.list', { usergroup })
  return Array.isArray(users) ? users.map(String) : []
}
