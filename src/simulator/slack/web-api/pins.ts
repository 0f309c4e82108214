/** pins.* and bookmarks.*: what stays at the top of a channel. */
import { refuse } from '../refusal.ts'
import { messageAt, type StoredChannel } from '../state.ts'
import { wireMessage } from '../wire.ts'
import { type ApiContext, type ApiMethods, messageIn, ownChannel, textArg } from './call.ts'

const pinsMax = 100
const bookmarksMax = 100

export const pins: ApiMethods = {
  'pins.add': (context) => {
    const channel = ownChannel(context)
    const { ts } = messageIn(context, channel, pinnedTs(context))
    if (channel.pins.includes(ts)) refuse('already_pinned')
    if (channel.pins.length >= pinsMax) refuse('too_many_pins')
    channel.pins.push(ts)
    context.state.changed()
    return {}
  },

  'pins.remove': (context) => {
    const channel = ownChannel(context)
    const ts = pinnedTs(context)
    if (!channel.pins.includes(ts)) refuse('no_pin')
    channel.pins = channel.pins.filter((pinned) => pinned !== ts)
    context.state.changed()
    return {}
  },

  'pins.list': (context) => {
    const { state } = context
    const channel = ownChannel(context, { mayBeArchived: true })
    const messages = channel.pins.flatMap((ts) => messageAt(state, channel.id, ts) ?? [])
    return {
      items: messages.map((message) => ({
        type: 'message',
        channel: channel.id,
        message: wireMessage(state, message),
      })),
    }
  },

  'bookmarks.add': (context) => {
    const channel = bookmarked(context)
    if (textArg(context, 'type') !== 'link') refuse('invalid_bookmark_type')
    if (channel.bookmarks.length >= bookmarksMax) refuse('too_many_bookmarks')
    const bookmark = {
      id: context.state.newId('Bk'),
      title: textArg(context, 'title'),
      link: validLink(textArg(context, 'link')),
    }
    channel.bookmarks.push(bookmark)
    context.state.changed()
    return { bookmark: wireBookmark(channel, bookmark) }
  },

  'bookmarks.edit': (context) => {
    const channel = bookmarked(context)
    const bookmark = bookmarkIn(context, channel)
    const [title, link] = [textArg(context, 'title'), textArg(context, 'link')]
    if (title !== '') bookmark.title = title
    if (link !== '') bookmark.link = validLink(link)
    context.state.changed()
    return { bookmark: wireBookmark(channel, bookmark) }
  },

  'bookmarks.remove': (context) => {
    const channel = bookmarked(context)
    const bookmark = bookmarkIn(context, channel)
    channel.bookmarks = channel.bookmarks.filter((one) => one !== bookmark)
    context.state.changed()
    return {}
  },

  'bookmarks.list': (context) => {
    const channel = bookmarked(context)
    return { bookmarks: channel.bookmarks.map((bookmark) => wireBookmark(channel, bookmark)) }
  },
}

type Bookmark = StoredChannel['bookmarks'][number]

function pinnedTs(context: ApiContext): string {
  return textArg(context, 'timestamp') || refuse('no_item_specified')
}

function bookmarked(context: ApiContext): StoredChannel {
  return ownChannel(context, { name: 'channel_id' })
}

function bookmarkIn(context: ApiContext, channel: StoredChannel): Bookmark {
  return channel.bookmarks.find((bookmark) => bookmark.id === textArg(context, 'bookmark_id')) ?? refuse('not_found')
}

function validLink(link: string): string {
  return /^https?:$/.test(URL.parse(link)?.protocol ?? '') ? link : refuse('invalid_link')
}

function wireBookmark(channel: StoredChannel, bookmark: Bookmark): Record<string, unknown> {
  return { ...bookmark, channel_id: channel.id, type: 'link' }
}
