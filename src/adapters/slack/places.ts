/** Where a message goes: a channel of tocsin.yml, a person, a channel we opened, or plainly an id. */
import { DeliveryError } from '../../core/ports.ts'
import { accepting, type Call } from './call.ts'

export interface Places {
  channelId(place: string): Promise<string>
  /** Slack says it is not there: forget what we thought. True when a second look is worth it. */
  forget(place: string): boolean
}

export interface PlacesOptions {
  call: Call
  observedOf(name: string): Promise<unknown>
  /** In try mode public channels that are missing are made. */
  missingChannels: 'create' | 'report'
}

export function createPlaces({ call, observedOf, missingChannels }: PlacesOptions): Places {
  const known = new Map<string, string>()

  async function named(name: string): Promise<string> {
    const found = await findByName(call, name)
    if (found) return found
    if (missingChannels === 'report') throw new DeliveryError('channel_not_found', 'never')
    const made = await call('conversations.create', { name })
    return idOf(made.channel)
  }

  async function direct(personId: string): Promise<string> {
    const opened = await call('conversations.open', { users: personId })
    return idOf(opened.channel)
  }

  return {
    async channelId(place) {
      if (place.includes('/')) return opened(await observedOf(place))
      const before = known.get(place)
      if (before) return before
      if (!/^[#@]/.test(place)) return place
      const id = place.startsWith('#') ? await named(place.slice(1)) : await direct(place.slice(1))
      known.set(place, id)
      return id
    },
    forget: (place) => known.delete(place),
  }
}

/** A channel that we opened. While it has none, the incident's stream says nothing there: it never will. */
function opened(observed: unknown): string {
  if (typeof observed === 'object' && observed !== null && 'channelId' in observed) return String(observed.channelId)
  throw new DeliveryError('no_channel', 'never')
}

export async function findByName(call: Call, name: string): Promise<string | null> {
  for (let cursor = ''; ; ) {
    // In sequence: each page names the next.
    const types = 'public_channel,private_channel'
    const page = await call('conversations.list', {
      types,
      exclude_archived: true,
      limit: 200,
      ...(cursor ? { cursor } : {}),
    })
    for (const channel of listOf(page.channels)) if (channel.name === name) return String(channel.id)
    cursor = String((page.response_metadata as { next_cursor?: string } | undefined)?.next_cursor ?? '')
    if (cursor === '') return null
  }
}

/** Public channels let us in by ourselves; into private ones somebody must invite us. */
export async function join(call: Call, channelId: string): Promise<boolean> {
  const joined = await accepting(
    ['method_not_supported_for_channel_type', 'channel_not_found'],
    call('conversations.join', { channel: channelId }),
  )
  return joined !== null
}

export function idOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'id' in value) return String(value.id)
  throw new DeliveryError('unreadable_answer', 'unknown')
}

export function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}
