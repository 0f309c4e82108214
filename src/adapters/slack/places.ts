/** Where a message goes: a channel of tocsin.yml, a person, a channel we opened, or plainly an id. */
import { z } from 'zod'
import type { MessageRef, Place } from '../../core/effects.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Answer, Call } from './call.ts'
import { codeOf } from './errors.ts'
import { itemsOf } from './pages.ts'

export interface Places {
  channelId(call: Call, place: Place): Promise<string>
  /** Where a message stands; null for one of ours that was never posted. */
  message(ref: MessageRef): Promise<{ channelId: string; ts: string } | null>
  /** Slack says it is not there: forget what we thought. True when a second look is worth it. */
  forget(place: Place): boolean
}

export interface PlacesOptions {
  observedOf(name: string): Promise<unknown>
  /** In try mode public channels that are missing are made. */
  missingChannels: 'create' | 'report'
}

// Channels of tocsin.yml are few; the rest are people's direct messages.
const knownMax = 5_000

export function createPlaces({ observedOf, missingChannels }: PlacesOptions): Places {
  const known = new Map<Place, string>()
  const looking = new Map<Place, Promise<string>>()

  async function lookUp(call: Call, place: Place): Promise<string> {
    const id = place.startsWith('@')
      ? await directChannel(call, place.slice(1))
      : await namedChannel(call, place.slice(1))
    known.set(place, id)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
    return id
  }

  async function namedChannel(call: Call, name: string): Promise<string> {
    const found = await findByName(call, name)
    if (found) return found
    if (missingChannels === 'report') throw new DeliveryError('channel_not_found', 'never')
    return channelIn(await call('conversations.create', { name }))
  }

  async function openedChannel(name: string): Promise<string> {
    const { data } = Opened.safeParse(await observedOf(name))
    if (data) return data.channelId
    // It is on its way, in another stream. While Slack is away it cannot come, and waiting is no fault of this effect.
    // Opening it stood before this in the same stream. It was given up, so there will be none.
    throw new DeliveryError('no_channel', 'never')
  }

  return {
    async channelId(call, place) {
      if (place.includes('/')) return openedChannel(place)
      if (!/^[#@]/.test(place)) return place
      const before = known.get(place)
      if (before) return before
      // One look for all who ask meanwhile: after a start everybody wants #alerts at once.
      const look = looking.get(place) ?? lookUp(call, place).finally(() => looking.delete(place))
      looking.set(place, look)
      return look
    },
    message: async (ref) => (typeof ref === 'string' ? (Said.safeParse(await observedOf(ref)).data ?? null) : ref),
    forget: (place) => known.delete(place),
  }
}

const Opened = z.object({ channelId: z.string() })
const Said = z.object({ channelId: z.string(), ts: z.string() })
const Channel = z.object({ id: z.string(), name: z.string() })
const InAnswer = z.object({ channel: z.object({ id: z.string() }) })

export async function findByName(call: Call, name: string): Promise<string | null> {
  const args = { types: 'public_channel,private_channel', exclude_archived: true }
  for await (const channel of itemsOf(call, { method: 'conversations.list', args, field: 'channels', item: Channel })) {
    if (channel.name === name) return channel.id
  }
  return null
}

export async function directChannel(call: Call, personId: string): Promise<string> {
  return channelIn(await call('conversations.open', { users: personId }))
}

export function channelIn(answer: Answer): string {
  return InAnswer.parse(answer).channel.id
}

/** Public channels let us in by ourselves, so being outside is no reason to fail. Into private ones somebody must invite us. */
export async function asMember(call: Call, channelId: string, act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act()
  } catch (error) {
    if (codeOf(error) !== 'not_in_channel') throw error
    await call('conversations.join', { channel: channelId })
    return act()
  }
}
