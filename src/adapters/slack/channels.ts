/** Channels as they should be: compare with what we last left, and do only the difference. What people changed since is theirs. */
import type { SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { shorten } from '../../lib/text.ts'
import { accepting, type Call } from './call.ts'
import { codeOf } from './errors.ts'
import { stillInDoubt } from './messages.ts'
import { idOf, listOf } from './places.ts'

type ChannelEffect = Extract<SlackEffect, { kind: 'slack.channel' }>

/** As we left it. What differs from this was changed by a person. */
export interface KnownChannel {
  channelId: string
  name: string
  topic: string
  invited: string[]
  /** People whom Slack would not let in, and why. */
  skipped: Record<string, string>
}

const nameMax = 80
const attemptsForName = 9

export async function keepChannel(
  call: Call,
  botUserId: () => string,
  delivery: Delivery<ChannelEffect>,
): Promise<Delivered> {
  const { effect } = delivery
  const before = isKnown(delivery.observed) ? delivery.observed : null
  const known = before ?? (await open(call, botUserId, delivery))
  const topic = await keepTopic(call, known, effect.desired.topic)
  const people = await invite(call, known, effect.desired.members)
  return { observed: { ...known, topic, ...people } satisfies KnownChannel }
}

async function open(call: Call, botUserId: () => string, delivery: Delivery<ChannelEffect>): Promise<KnownChannel> {
  const { effect } = delivery
  const key = `Opened by Tocsin: ${effect.name}`
  // An earlier attempt may have made it and lost the answer. The first name it would have got is where to look.
  const made = delivery.isInDoubt ? await findOurs(call, botUserId, effect.desired.name, delivery.decidedAt) : null
  const channel = made ?? (await create(call, effect.desired))
  await call('conversations.setPurpose', { channel: channel.id, purpose: key })
  return { channelId: channel.id, name: channel.name, topic: '', invited: [], skipped: {} }
}

async function create(call: Call, desired: ChannelEffect['desired']): Promise<{ id: string; name: string }> {
  for (let attempt = 1; attempt <= attemptsForName; attempt += 1) {
    const ending = attempt === 1 ? '' : `-${attempt}`
    const name = `${shorten(desired.name, nameMax - ending.length)
      .replace(/…$/, '')
      .replace(/-+$/, '')}${ending}`
    // In sequence: the next name is tried because this one is taken.
    const made = await accepting(['name_taken'], call('conversations.create', { name, is_private: desired.isPrivate }))
    if (made) return { id: idOf(made.channel), name }
  }
  throw new DeliveryError('name_taken', 'never')
}

/** A channel of this name that we made after this was decided: nobody else can have made it for us. */
async function findOurs(
  call: Call,
  botUserId: () => string,
  name: string,
  decidedAt: Date,
): Promise<{ id: string; name: string } | null> {
  const since = Math.floor(decidedAt.getTime() / 1_000) - 60
  try {
    for (let cursor = ''; ; ) {
      // In sequence: each page names the next.
      const page = await call('conversations.list', {
        types: 'public_channel,private_channel',
        limit: 200,
        ...(cursor ? { cursor } : {}),
      })
      const ours = listOf(page.channels).find(
        (channel) =>
          channel.creator === botUserId() &&
          Number(channel.created) >= since &&
          (channel.name === name || String(channel.name).startsWith(`${name}-`)),
      )
      if (ours) return { id: String(ours.id), name: String(ours.name) }
      cursor = String((page.response_metadata as { next_cursor?: string } | undefined)?.next_cursor ?? '')
      if (cursor === '') return null
    }
  } catch (error) {
    throw stillInDoubt(error)
  }
}

async function keepTopic(call: Call, known: KnownChannel, topic: string): Promise<string> {
  if (topic === known.topic) return known.topic
  const info = await call('conversations.info', { channel: known.channelId })
  const current = (info.channel as { topic?: { value?: string } } | undefined)?.topic?.value ?? ''
  // Somebody wrote a topic of their own. It says more than ours would.
  if (decoded(current) !== decoded(known.topic)) return known.topic
  const set = await accepting(['is_archived'], call('conversations.setTopic', { channel: known.channelId, topic }))
  return set === null ? known.topic : topic
}

/** Slack gives topics back escaped. */
function decoded(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
}

async function invite(
  call: Call,
  known: KnownChannel,
  members: readonly string[],
): Promise<Pick<KnownChannel, 'invited' | 'skipped'>> {
  const invited = [...known.invited]
  const skipped = { ...known.skipped }
  for (const member of members) {
    if (invited.includes(member) || member in skipped) continue
    try {
      // One by one: Slack refuses a whole list for one person who left the company.
      await accepting(
        ['already_in_channel', 'cant_invite_self'],
        call('conversations.invite', { channel: known.channelId, users: member }),
      )
      invited.push(member)
    } catch (error) {
      if (!isAboutThePerson(codeOf(error))) throw error
      skipped[member] = codeOf(error)
    }
  }
  return { invited, skipped }
}

function isAboutThePerson(code: string): boolean {
  return [
    'user_not_found',
    'cant_invite',
    'user_is_restricted',
    'ura_max_channels',
    'org_user_not_in_team',
    'no_user',
    'user_disabled',
    'is_archived',
  ].includes(code)
}

function isKnown(observed: unknown): observed is KnownChannel {
  return typeof observed === 'object' && observed !== null && 'channelId' in observed && 'invited' in observed
}
