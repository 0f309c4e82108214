/** The simulated workspace as plain data, so that it can be written to a file and read again. */
import type { Clock } from '../../lib/clock.ts'
import type { SlackBlock, SlackChannel, SlackMessage, SlackPerson } from '../types.ts'

export interface StoredView {
  id: string
  type: 'modal' | 'home'
  userId: string
  callbackId: string
  privateMetadata: string
  externalId: string
  notifyOnClose: boolean
  title: string
  submit: string | null
  close: string | null
  blocks: SlackBlock[]
  hash: string
  errors: Record<string, string>
  /** Values that the person has chosen or typed so far, as Slack's `state.values`. */
  values: Record<string, Record<string, Record<string, unknown>>>
}

export interface StoredChannel extends SlackChannel {
  members: string[]
  pins: string[]
  bookmarks: { id: string; title: string; link: string }[]
  creator: string
  created: number
  purpose: string
}

export interface StoredMessage extends SlackMessage {
  blocks: SlackBlock[]
  reactions: { name: string; users: string[] }[]
}

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
}

/** What survives a restart. Triggers, response addresses and open forms do not: in Slack they would not either. */
export interface World {
  teamId: string
  botUserId: string
  botId: string
  appId: string
  people: SlackPerson[]
  groups: UserGroup[]
  channels: StoredChannel[]
  messages: Record<string, StoredMessage[]>
  homes: Record<string, StoredView>
  lastId: number
}

export interface Trigger {
  userId: string
  expiresAt: number
  isUsed: boolean
}

export interface ResponseUrl {
  userId: string
  channelId: string
  expiresAt: number
  usesLeft: number
  messageTs: string | null
}

export interface State {
  world: World
  clock: Clock
  /** Open forms of each person, the top one last. */
  modals: Map<string, StoredView[]>
  triggers: Map<string, Trigger>
  responseUrls: Map<string, ResponseUrl>
  /** Anything has changed: pages redraw, the file is written. */
  changed(): void
  newId(prefix: string): string
  newTs(): string
}

export function createState(world: World, clock: Clock, changed: () => void): State {
  const last = { micros: 0 }
  return {
    world,
    clock,
    modals: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    changed,
    newId(prefix) {
      world.lastId += 1
      return `${prefix}0${world.lastId.toString(36).toUpperCase().padStart(7, '0')}`
    },
    newTs() {
      // Unique and growing, whatever the clock does.
      last.micros = Math.max(clock.now().getTime() * 1_000, last.micros + 1)
      return `${Math.floor(last.micros / 1e6)}.${String(last.micros % 1e6).padStart(6, '0')}`
    },
  }
}

export function channelOf(state: State, id: string): StoredChannel | undefined {
  return state.world.channels.find((channel) => channel.id === id)
}

export function personOf(state: State, id: string): SlackPerson | undefined {
  return state.world.people.find((person) => person.id === id)
}

export function messagesOf(state: State, channelId: string): StoredMessage[] {
  const messages = state.world.messages[channelId] ?? []
  state.world.messages[channelId] = messages
  return messages
}

export function messageAt(state: State, channelId: string, ts: string): StoredMessage | undefined {
  const messages = messagesOf(state, channelId)
  // The newest are asked for most.
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index]
    if (message?.ts === ts && !message.deleted) return message
  }
  return undefined
}

/** The conversation of the bot and one person, made when it is first needed. */
export function directChannel(state: State, userId: string): StoredChannel {
  const { world } = state
  const existing = world.channels.find((channel) => channel.kind === 'dm' && channel.members.includes(userId))
  if (existing) return existing
  const channel: StoredChannel = {
    id: state.newId('D'),
    name: `dm-${personOf(state, userId)?.name ?? userId}`,
    kind: 'dm',
    topic: '',
    isArchived: false,
    members: [userId, world.botUserId],
    pins: [],
    bookmarks: [],
    creator: world.botUserId,
    created: Math.floor(state.clock.now().getTime() / 1_000),
    purpose: '',
  }
  world.channels.push(channel)
  return channel
}

export interface NewMessage {
  channelId: string
  user: string
  text: string
  blocks?: SlackBlock[]
  threadTs?: string | null
  onlyFor?: string | null
  metadata?: SlackMessage['metadata']
}

export function addMessage(state: State, given: NewMessage): StoredMessage {
  const message: StoredMessage = {
    ts: state.newTs(),
    channelId: given.channelId,
    user: given.user,
    text: given.text,
    blocks: given.blocks ?? [],
    threadTs: given.threadTs ?? null,
    edited: false,
    deleted: false,
    onlyFor: given.onlyFor ?? null,
    reactions: [],
    metadata: given.metadata ?? null,
  }
  messagesOf(state, given.channelId).push(message)
  state.changed()
  return message
}
