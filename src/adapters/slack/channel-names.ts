/** Names of channels are unique in a workspace, and people take them too. When one is taken, a number is added. */
import { z } from 'zod'
import { type Delivery, DeliveryError } from '../../core/ports.ts'
import type { Call } from './call.ts'
import { type ChannelEffect, usualPurpose } from './channel-known.ts'
import { purposeWith } from './channel-words.ts'
import { accepting } from './errors.ts'
import { itemsOf } from './pages.ts'
import { asMember } from './places.ts'

const nameMax = 80
const triesMax = 20
// Slack's clock and ours may differ.
const skewSeconds = 60

const Made = z.object({ channel: z.object({ id: z.string(), name: z.string() }) })
const Listed = z.object({
  id: z.string(),
  name: z.string(),
  creator: z.string().default(''),
  created: z.number().default(0),
  purpose: z.object({ value: z.string() }).default({ value: '' }),
})
type Listed = z.infer<typeof Listed>

/**
 * Makes the channel, or finds the one that an earlier attempt made. Its purpose carries our name for it. Only when that
 * attempt is in doubt may it have been interrupted between the two: then one of ours that carries nothing yet is it.
 */
export async function openChannel(
  call: Call,
  { effect, decidedAt, isInDoubt }: Delivery<ChannelEffect>,
  botUserId: string | null,
): Promise<{ id: string; name: string }> {
  const { desired } = effect
  const mark = `tocsin:${effect.name}`
  const since = decidedAt.getTime() / 1_000 - skewSeconds
  const isUnmarked = ({ creator, created, purpose }: Listed) =>
    isInDoubt && botUserId !== null && creator === botUserId && created >= since && purpose.value === ''
  const isOurs = (channel: Listed) => channel.purpose.value.split(/[\s()]/).includes(mark) || isUnmarked(channel)

  const create = async (name: string) => {
    const made = await accepting(['name_taken'], call('conversations.create', { name, is_private: desired.isPrivate }))
    return made === null ? null : Made.parse(made).channel
  }
  const opened = (await create(nameFor(desired.name, 1))) ?? (await openBeside(call, desired.name, { isOurs, create }))
  await asMember(call, opened.id, () =>
    call('conversations.setPurpose', {
      channel: opened.id,
      purpose: purposeWith(desired.purpose ?? usualPurpose, effect.name),
    }),
  )
  return opened
}

/** The plain name is taken: by us, by others, and perhaps the next ones too. One look at the list tells. */
async function openBeside(
  call: Call,
  wanted: string,
  {
    isOurs,
    create,
  }: { isOurs(channel: Listed): boolean; create(name: string): Promise<{ id: string; name: string } | null> },
): Promise<{ id: string; name: string }> {
  const names = Array.from({ length: triesMax }, (_, index) => nameFor(wanted, index + 1))
  const taken = new Map<string, Listed>()
  const args = { types: 'public_channel,private_channel' }
  for await (const channel of itemsOf(call, { method: 'conversations.list', args, field: 'channels', item: Listed })) {
    if (names.includes(channel.name)) taken.set(channel.name, channel)
  }
  const ours = [...taken.values()].find(isOurs)
  if (ours) return { id: ours.id, name: ours.name }
  for (const name of names.slice(1)) {
    // In sequence: a private channel that we cannot see may hold a name that the list shows as free.
    const made = taken.has(name) ? null : await create(name)
    if (made) return made
  }
  throw new DeliveryError('name_taken', 'never')
}

/** Returns the name that it got. */
export async function renameChannel(call: Call, channelId: string, wanted: string): Promise<string> {
  for (let number = 1; number <= triesMax; number += 1) {
    const name = nameFor(wanted, number)
    // In sequence: the next name is tried because this one is taken.
    const renamed = await accepting(
      ['name_taken'],
      asMember(call, channelId, () => call('conversations.rename', { channel: channelId, name })),
    )
    if (renamed) return Made.parse(renamed).channel.name
  }
  throw new DeliveryError('name_taken', 'never')
}

function nameFor(wanted: string, number: number): string {
  const ending = number === 1 ? '' : `-${number}`
  return `${wanted.slice(0, nameMax - ending.length).replace(/-+$/, '')}${ending}`
}
