/** The bookmarks that we want in a channel, without duplicates, and without touching those of people. */
import { z } from 'zod'
import type { Bookmark } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import { DeliveryError } from '../../core/ports.ts'
import { shorten } from '../../lib/text.ts'
import type { Call } from './call.ts'
import { accepting } from './errors.ts'
import { arrayIn } from './pages.ts'

/** `id` is null for one that a person took away: it is not put back. */
export const KeptBookmark = z.object({ title: z.string(), link: z.string(), id: z.string().nullable() })
export type KeptBookmark = z.infer<typeof KeptBookmark>

const Listed = z.object({ id: z.string(), title: z.string().default(''), link: z.string().nullish() })
const Added = z.object({ bookmark: z.object({ id: z.string() }) })
const titleMax = 255

export interface Shelf {
  channelId: string
  bookmarks: KeptBookmark[]
}

/** Writes into `shelf` what it has done, one by one. A bookmark that Slack refuses keeps nothing else from being done. */
export async function keepBookmarks(
  { call, log }: { call: Call; log: Log },
  shelf: Shelf,
  given: readonly Bookmark[],
): Promise<void> {
  const wanted = given.map(({ title, link }) => ({ title: shorten(title, titleMax), link }))
  const extra = shelf.bookmarks.filter((kept) => !wanted.some(({ title }) => title === kept.title))
  const changed = wanted.filter(
    ({ title, link }) => shelf.bookmarks.find((kept) => kept.title === title)?.link !== link,
  )
  if (extra.length === 0 && changed.length === 0) return
  try {
    for (const kept of extra) await remove(call, shelf, kept)
    const there = changed.length === 0 ? [] : await list(call, shelf.channelId)
    // In sequence: they stand in the order in which they are put there.
    for (const bookmark of changed) await put(call, shelf, { bookmark, there })
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.outcome !== 'never' || error.code === 'is_archived') throw error
    log.warn({ code: error.code, channelId: shelf.channelId }, 'a bookmark could not be kept')
  }
}

async function list(call: Call, channelId: string): Promise<z.infer<typeof Listed>[]> {
  const { bookmarks } = await call('bookmarks.list', { channel_id: channelId })
  return arrayIn(bookmarks).flatMap((one) => Listed.safeParse(one).data ?? [])
}

async function put(
  call: Call,
  shelf: Shelf,
  { bookmark, there }: { bookmark: Bookmark; there: readonly z.infer<typeof Listed>[] },
): Promise<void> {
  const { title, link } = bookmark
  const kept = shelf.bookmarks.find((one) => one.title === title)
  // One that stands there with the same words and address is it: an attempt of ours was cut off, or a person was first.
  const same = there.find((one) => one.title === title && one.link === link)
  if (kept) {
    const isStill = kept.id !== null && there.some(({ id }) => id === kept.id)
    if (isStill) await editBookmark(call, shelf.channelId, { ...kept, link })
    else kept.id = same?.id ?? null
    kept.link = link
    return
  }
  const id = same?.id ?? (await add(call, shelf.channelId, bookmark))
  shelf.bookmarks.push({ title, link, id })
}

async function add(call: Call, channelId: string, { title, link }: Bookmark): Promise<string> {
  return Added.parse(await call('bookmarks.add', { channel_id: channelId, title, type: 'link', link })).bookmark.id
}

async function editBookmark(call: Call, channelId: string, { id, link, title }: KeptBookmark): Promise<void> {
  await accepting(['not_found'], call('bookmarks.edit', { channel_id: channelId, bookmark_id: id, link, title }))
}

async function remove(call: Call, shelf: Shelf, kept: KeptBookmark): Promise<void> {
  if (kept.id !== null) {
    await accepting(['not_found'], call('bookmarks.remove', { channel_id: shelf.channelId, bookmark_id: kept.id }))
  }
  shelf.bookmarks = shelf.bookmarks.filter((one) => one !== kept)
}
