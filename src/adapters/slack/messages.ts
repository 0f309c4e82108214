/** Messages: said once, or shown under a name and edited ever after. */
import type { Block, Message, SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { context } from '../../lib/blocks.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { when } from '../../lib/mrkdwn.ts'
import { shorten, splitText } from '../../lib/text.ts'
import { type Answer, accepting, type Call } from './call.ts'
import { codeOf } from './errors.ts'
import { join, listOf, type Places } from './places.ts'

export interface Shown {
  channelId: string
  ts: string
  isPinned: boolean
  /** What it shows now: an edit that would change nothing is not made. */
  digest: string
}

type Say = Extract<SlackEffect, { kind: 'slack.say' }>
type Show = Extract<SlackEffect, { kind: 'slack.show' }>
export interface Mouth {
  call: Call
  places: Places
}

const lateAfterMilliseconds = 120_000
// Slack edits texts of up to 4,000 characters, and refuses messages whose blocks hold more than some 11,000 in all.
const textMax = 4_000
const lettersMax = 10_000
const blocksMax = 50

export async function say(mouth: Mouth, delivery: Delivery<Say>): Promise<Delivered> {
  const { effect } = delivery
  const priority = effect.priority ?? 'chatter'
  const message = late(effect.message, delivery)
  const parts = message.blocks ? [message] : splitText(message.text, textMax).map((text) => ({ text }))
  for (const [index, part] of parts.entries()) {
    // In sequence: the parts of a long text are read in order. Each has a key of its own, so none is said twice.
    await postOnce(mouth, { place: effect.to, key: `say/${delivery.id}/${index}`, message: part, priority, delivery })
  }
  return {}
}

export async function show(mouth: Mouth, delivery: Delivery<Show>): Promise<Delivered> {
  const { effect } = delivery
  const before = isShown(delivery.observed) ? delivery.observed : null
  const shown = (before && (await edit(mouth, before, effect.message))) ?? (await postNamed(mouth, delivery))
  const isPinned = shown.isPinned || (effect.pin === true && (await pin(mouth, shown)))
  return { observed: { ...shown, isPinned } satisfies Shown }
}

async function postNamed(mouth: Mouth, delivery: Delivery<Show>): Promise<Shown> {
  const { effect } = delivery
  const priority = effect.priority ?? 'state'
  const posted = await postOnce(mouth, {
    place: effect.to,
    key: `show/${effect.name}`,
    message: effect.message,
    priority,
    delivery,
  })
  return { ...posted, isPinned: false, digest: fingerprint(bodyOf(effect.message)) }
}

/** Null when the message is gone or can no longer be edited: it is then posted anew. */
async function edit({ call }: Mouth, shown: Shown, message: Message): Promise<Shown | null> {
  const { channelId, ts } = shown
  const body = bodyOf(message)
  const digest = fingerprint(body)
  if (digest === shown.digest) return shown
  try {
    await call('chat.update', { channel: channelId, ts, ...body }, { place: channelId })
    return { ...shown, digest }
  } catch (error) {
    const code = codeOf(error)
    if (['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found'].includes(code))
      return null
    // In an archived channel nobody reads on: what stood there last may stand.
    if (code === 'is_archived' || code === 'is_inactive') return shown
    throw error
  }
}

/** A card that could not be pinned is a card all the same. */
async function pin({ call }: Mouth, { channelId, ts }: Shown): Promise<boolean> {
  try {
    await accepting(['already_pinned'], call('pins.add', { channel: channelId, timestamp: ts }))
    return true
  } catch (error) {
    if (error instanceof DeliveryError && error.outcome === 'never') return false
    if (['too_many_pins', 'not_pinnable', 'message_not_found'].includes(codeOf(error))) return false
    throw error
  }
}

interface Post {
  place: string
  key: string
  message: Message
  priority: 'answer' | 'state' | 'chatter'
  delivery: Delivery<SlackEffect>
}

/** Posts, unless an earlier attempt whose outcome we never heard has posted it already. */
async function postOnce(mouth: Mouth, post: Post): Promise<{ channelId: string; ts: string }> {
  const channelId = await mouth.places.channelId(post.place)
  if (post.delivery.isInDoubt) {
    const ts = await lookUp(mouth.call, channelId, post)
    if (ts !== null) return { channelId, ts }
  }
  const posted = await postInto(mouth, channelId, post)
  return { channelId, ts: String(posted.ts) }
}

async function postInto(mouth: Mouth, channelId: string, post: Post): Promise<Answer> {
  const metadata = { event_type: 'tocsin', event_payload: { key: post.key } }
  const send = (channel: string, message: Message) =>
    mouth.call(
      'chat.postMessage',
      { channel, ...bodyOf(message), metadata: JSON.stringify(metadata), unfurl_links: false, unfurl_media: false },
      { place: channel, priority: post.priority },
    )
  try {
    return await send(channelId, post.message)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'not_in_channel' && (await join(mouth.call, channelId))) return send(channelId, post.message)
    if (code === 'channel_not_found' && mouth.places.forget(post.place))
      return send(await mouth.places.channelId(post.place), post.message)
    // Better read as plain text than not at all.
    if (['msg_blocks_too_long', 'invalid_blocks', 'invalid_blocks_format'].includes(code))
      return send(channelId, { text: post.message.text })
    throw error
  }
}

// Slack's clock and ours may differ by this much.
const skewSeconds = 60

/** Our own message, found by the key in its metadata. A look that fails leaves the doubt. */
async function lookUp(call: Call, channelId: string, { key, delivery }: Post): Promise<string | null> {
  const oldest = String(Math.floor(delivery.decidedAt.getTime() / 1_000) - skewSeconds)
  try {
    for (let cursor = ''; ; ) {
      // In sequence: each page names the next.
      const page = await call('conversations.history', {
        channel: channelId,
        oldest,
        include_all_metadata: true,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      })
      const ours = listOf(page.messages).find((message) => keyIn(message) === key)
      if (ours) return String(ours.ts)
      cursor = String((page.response_metadata as { next_cursor?: string } | undefined)?.next_cursor ?? '')
      if (cursor === '') return null
    }
  } catch (error) {
    // We were never in that channel, so we have said nothing there.
    if (['not_in_channel', 'channel_not_found'].includes(codeOf(error))) return null
    throw stillInDoubt(error)
  }
}

export function stillInDoubt(error: unknown): DeliveryError {
  if (!(error instanceof DeliveryError)) return new DeliveryError('look_up_failed', 'unknown', { cause: error })
  const { retryAfterSeconds, isOutage } = error
  return new DeliveryError(error.code, 'unknown', {
    isOutage,
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}

function keyIn(message: Record<string, unknown>): unknown {
  const metadata = message.metadata as { event_payload?: { key?: unknown } } | undefined
  return metadata?.event_payload?.key
}

/** Text and blocks within Slack's limits. */
export function bodyOf(message: Message): { text: string; blocks?: string } {
  const text = shorten(message.text, textMax)
  if (!message.blocks) return { text }
  return { text, blocks: JSON.stringify(fitting(message.blocks)) }
}

/** What does not fit is left out from the end; buttons stay, and a line says that something is missing. */
function fitting(blocks: readonly Block[]): readonly Block[] {
  const size = (some: readonly Block[]) => JSON.stringify(some).length
  if (blocks.length <= blocksMax && size(blocks) <= lettersMax) return blocks
  const kept = [...blocks]
  while (kept.length >= blocksMax || size(kept) > lettersMax - 200) {
    const last = kept.findLastIndex((block) => block.type !== 'actions')
    if (last <= 0) break
    kept.splice(last, 1)
  }
  return [...kept, context(['… shortened'])]
}

/** Whoever reads a message that waited must know when it was meant. */
function late(message: Message, { decidedAt, now }: Delivery<SlackEffect>): Message {
  if (now.getTime() - decidedAt.getTime() < lateAfterMilliseconds) return message
  const mark = `_Late: this was said ${when(decidedAt.toISOString())}._`
  if (message.blocks) return { ...message, blocks: [...message.blocks, context([mark])] }
  return { text: `${message.text}\n${mark}` }
}

function isShown(observed: unknown): observed is Shown {
  return typeof observed === 'object' && observed !== null && 'ts' in observed && 'channelId' in observed
}
