/** A named message: posted the first time, edited ever after, pinned where that was asked for. */
import { z } from 'zod'
import type { SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { accepting, codeOf } from './errors.ts'
import { asMember } from './places.ts'
import { findPosted, type Mouth, type Posted, plainIfRefused, post } from './posting.ts'

type Show = Extract<SlackEffect, { kind: 'slack.show' }>

const Shown = z.object({ channelId: z.string(), ts: z.string(), pinned: z.boolean().default(false) })
export type Shown = z.infer<typeof Shown>

// The first post may have been decided long before the state that is shown now, but nothing waits for more than a day.
const doubtMilliseconds = 24 * 3_600_000

export async function show(mouth: Mouth, delivery: Delivery<Show>): Promise<Delivered> {
  const { effect } = delivery
  const known = Shown.safeParse(delivery.observed).data ?? null
  // What an earlier attempt may have posted shows an older state; it is found, and brought up to date.
  const current = (delivery.isInDoubt ? await lookUp(mouth, delivery, known) : null) ?? known
  const edited = current && (await edit(mouth, current, effect))
  if (edited === null && effect.onlyIfThere) return {}
  const shown = edited ?? (await postAnew(mouth, effect))
  const pinned = shown.pinned || (effect.pin === true && (await pin(mouth, shown)))
  return { observed: { ...shown, pinned } satisfies Shown }
}

/** Null when the message is gone, or can no longer be edited. */
async function edit(mouth: Mouth, shown: Shown, { name, message }: Show): Promise<Shown | null> {
  const { channelId: channel, ts } = shown
  const metadata = metadataFor(name)
  try {
    await plainIfRefused(mouth.log, message, ({ text, blocks = [] }) =>
      asMember(mouth.call, channel, () => mouth.call('chat.update', { channel, ts, text, blocks, metadata })),
    )
    return shown
  } catch (error) {
    const code = codeOf(error)
    if (goneCodes.includes(code)) return null
    // In an archived channel nobody reads on: what stood there last may stand, and the state is in our tables.
    if (archivedCodes.includes(code)) return shown
    throw error
  }
}

const archivedCodes = ['is_archived', 'is_inactive']
const goneCodes = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found']

async function postAnew(mouth: Mouth, { name, to, message }: Show): Promise<Shown> {
  return { ...(await post(mouth, { to, key: keyFor(name), message })), pinned: false }
}

async function lookUp(mouth: Mouth, { effect, decidedAt }: Delivery<Show>, known: Shown | null): Promise<Shown | null> {
  const channelId = await mouth.places.channelId(mouth.call, effect.to)
  const key = keyFor(effect.name)
  const since = new Date(decidedAt.getTime() - doubtMilliseconds)
  const found = await findPosted(mouth.call, channelId, { keys: [key], since, ...(known ? { after: known.ts } : {}) })
  const ts = found.get(key)
  return ts === undefined ? null : { channelId, ts, pinned: false }
}

/** A card that cannot be pinned is a card all the same; it is tried again with the next change. */
async function pin({ call, log }: Mouth, { channelId, ts }: Posted): Promise<boolean> {
  try {
    await accepting(['already_pinned'], call('pins.add', { channel: channelId, timestamp: ts }))
    return true
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.outcome !== 'never') throw error
    log.warn({ code: error.code, channelId }, 'a message could not be pinned')
    return false
  }
}

function keyFor(name: string): string {
  return `show/${name}`
}

function metadataFor(name: string) {
  return { event_type: 'tocsin', event_payload: { key: keyFor(name) } }
}
