/** People are invited once. Whoever cannot be is left out and named, so that one of them does not keep the others away. */
import { z } from 'zod'
import type { Call } from './call.ts'
import { codeOf, Refusal } from './errors.ts'
import { asMember } from './places.ts'

export interface Guests {
  channelId: string
  invited: string[]
  skipped: Record<string, string>
}

const atOnceMax = 100

/** Why one person cannot be in a channel. Anything else is about the channel, or about us. */
const aboutThePerson = [
  'cant_invite',
  'user_not_found',
  'user_disabled',
  'user_is_restricted',
  'user_is_ultra_restricted',
  'ura_max_channels',
  'org_user_not_in_team',
  'no_external_invite_permission',
  'invitee_cant_see_channel',
  'no_user',
]
const alreadyThere = ['already_in_channel', 'cant_invite_self']

/** Writes into `guests` what became of each, so that an interruption loses nothing. */
export async function inviteMissing(call: Call, guests: Guests, members: readonly string[]): Promise<void> {
  const missing = members.filter((member) => !guests.invited.includes(member) && !(member in guests.skipped))
  for (let start = 0; start < missing.length; start += atOnceMax) {
    // In sequence: Slack takes so many at once.
    await inviteTogether(call, guests, missing.slice(start, start + atOnceMax))
  }
}

async function inviteTogether(call: Call, guests: Guests, people: readonly string[]): Promise<void> {
  if (people.length === 0) return
  try {
    await asMember(call, guests.channelId, () =>
      call('conversations.invite', { channel: guests.channelId, users: people.join(',') }),
    )
    guests.invited.push(...people)
  } catch (error) {
    if (![...aboutThePerson, ...alreadyThere].includes(codeOf(error))) throw error
    const troubles = troublesOf(error, people)
    for (const [person, code] of troubles) settle(guests, person, code)
    const others = people.filter((person) => !troubles.has(person))
    if (troubles.size > 0) return inviteTogether(call, guests, others)
    // Slack did not say who is meant.
    for (const person of people) await inviteTogether(call, guests, [person])
  }
}

/** Slack refuses all for the sake of one, and mostly says which. */
function troublesOf(error: unknown, people: readonly string[]): Map<string, string> {
  const [only] = people
  if (only !== undefined && people.length === 1) return new Map([[only, codeOf(error)]])
  const named = error instanceof Refusal ? (Named.safeParse(error.answer.errors).data ?? []) : []
  return new Map(named.filter(({ user }) => people.includes(user)).map(({ user, error: code }) => [user, code]))
}

const Named = z.array(z.object({ user: z.string(), error: z.string() }))

function settle(guests: Guests, person: string, code: string): void {
  if (alreadyThere.includes(code)) guests.invited.push(person)
  else guests.skipped[person] = code
}
