/**
 * Who may do what. A command or button names a group; tocsin.yml says who is in it. An empty list means nobody.
 * Guests, strangers from connected workspaces and bots may look, and never act, unless a group lists them by id.
 */
import type { People, Person } from './people.ts'

/** `anyone`: every full member. Anything else is a key of `groups` in tocsin.yml. */
export type Who = 'anyone' | (string & {})

/** `everyone` (all full members), or ids (`U…`) and user groups (`@handle`). */
export type GroupMembers = 'everyone' | readonly string[]

export interface Permissions {
  /** Null when they may; else why not, as a sentence. */
  refusal(person: Person | null, who: Who): Promise<string | null>
}

export function createPermissions(groups: Readonly<Record<string, GroupMembers>>, people: People): Permissions {
  return {
    async refusal(person, who) {
      if (person === null) return 'Slack does not tell me who you are. Try again in a minute.'
      if (person.kind === 'deactivated') return 'Your account is deactivated.'
      const members = who === 'anyone' ? 'everyone' : (groups[who] ?? [])
      if (members !== 'everyone' && members.includes(person.id)) return null
      if (person.kind === 'guest') return 'Guests may look, not act. Ask a member of this workspace.'
      if (person.kind !== 'member')
        return 'People from other workspaces may look, not act. Ask a member of this workspace.'
      if (members === 'everyone' || (await isInUserGroup(person, members, people))) return null
      return members.length === 0
        ? `Nobody may do this yet: \`groups.${who}\` in tocsin.yml is empty.`
        : `Only ${who} may do this: ${describe(members)}.`
    },
  }
}

async function isInUserGroup(person: Person, members: readonly string[], people: People): Promise<boolean> {
  const handles = members.filter((member) => member.startsWith('@')).map((member) => member.slice(1))
  const lists = await Promise.all(handles.map((handle) => people.membersOf(handle)))
  return lists.some((list) => list.includes(person.id))
}

function describe(members: readonly string[]): string {
  return members.map((member) => (member.startsWith('@') ? member : `<@${member}>`)).join(', ')
}
