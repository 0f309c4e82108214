/** Text files: an address to put the content at, then one call that posts it as a message. */
import { z } from 'zod'
import type { SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { codeOf } from './errors.ts'
import { itemsOf } from './pages.ts'
import { asMember } from './places.ts'
import { type Mouth, noThreadCodes } from './posting.ts'

type FileDelivery = Delivery<Extract<SlackEffect, { kind: 'slack.file' }>>

const Address = z.object({ upload_url: z.string(), file_id: z.string() })
const WithFiles = z.object({
  files: z.array(z.object({ name: z.string().nullish(), title: z.string().nullish() })),
})
const timeoutMilliseconds = 30_000
// Slack's clock and ours may differ.
const skewSeconds = 600

export async function sendFile(mouth: Mouth, delivery: FileDelivery): Promise<Delivered> {
  const { effect } = delivery
  const thread = effect.inThreadOf === undefined ? null : await mouth.places.message(effect.inThreadOf)
  const channelId = thread?.channelId ?? (await mouth.places.channelId(mouth.call, effect.to))
  if (delivery.isInDoubt && (await isThere(mouth, delivery, { channelId, threadTs: thread?.ts ?? null }))) return {}

  const fileId = await upload(mouth, delivery)
  const args = {
    files: [{ id: fileId, title: effect.file.title }],
    channel_id: channelId,
    ...(effect.file.comment ? { initial_comment: effect.file.comment } : {}),
  }
  const complete = (more: object) =>
    asMember(mouth.call, channelId, () => mouth.call('files.completeUploadExternal', { ...args, ...more }))
  try {
    await complete(thread ? { thread_ts: thread.ts } : {})
  } catch (error) {
    if (!thread || !noThreadCodes.includes(codeOf(error))) throw error
    await complete({})
  }
  return {}
}

/** Until it is completed nobody sees it; what was uploaded and never completed, Slack forgets. */
async function upload({ call }: Mouth, { effect, signal }: FileDelivery): Promise<string> {
  const content = Buffer.from(effect.file.content, 'utf8')
  const answer = await call('files.getUploadURLExternal', { filename: effect.file.name, length: content.length })
  const { upload_url, file_id } = Address.parse(answer)
  try {
    const response = await fetch(upload_url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
    })
    // An unread body would hold the connection.
    await response.arrayBuffer()
    if (response.ok) return file_id
    throw new DeliveryError(`slack_http_${response.status}`, 'again', { isOutage: response.status >= 500 })
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    throw new DeliveryError('slack_unreachable', 'again', { isOutage: true, cause: error })
  }
}

/** A file's message carries no metadata of ours; its name and title, and that it is newer than the wish, have to do. */
async function isThere(
  { call }: Mouth,
  { effect, decidedAt }: FileDelivery,
  { channelId, threadTs }: { channelId: string; threadTs: string | null },
): Promise<boolean> {
  const oldest = String(Math.floor(decidedAt.getTime() / 1_000) - skewSeconds)
  const method = threadTs === null ? 'conversations.history' : 'conversations.replies'
  const args = { channel: channelId, oldest, ...(threadTs === null ? {} : { ts: threadTs }) }
  try {
    for await (const { files } of itemsOf(call, { method, args, field: 'messages', item: WithFiles })) {
      if (files.some(({ name, title }) => name === effect.file.name && title === effect.file.title)) return true
    }
  } catch (error) {
    if (!['not_in_channel', ...noThreadCodes].includes(codeOf(error))) throw error
  }
  return false
}
