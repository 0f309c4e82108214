/** The simulated workspace as plain data, so that it can be written to a file and read again. */
import type { Clock } from '../../lib/clock.ts'
import type { SlackBlock, SlackChannel, SlackFile, SlackMessage, SlackPerson } from '../types.ts'

/** Slack's `state.values`: by block, by action. */
export type ViewValues = Record<string, Record<string, Record<string, unknown>>>

export interface StoredView {
  id: string
  type: 'modal' | 'home'
  userId: string
  callbackId: string
  privateMetadata: string
  externalId: string
  notifyOnClose: boolean
  clearOnClose: boolean
  title: string
  submit: string | null
  close: string | null
  blocks: SlackBlock[]
  hash: string
  rootViewId: string
  previousViewId: string | null
  errors: Record<string, string>
  /** What the person has chosen or typed so far. */
  values: ViewValues
}

export interface StoredChannel extends SlackChannel {
  members: string[]
  pins: string[]
  bookmarks: { id: string; title: string; link: string }[]
  creator: string
  created: number
  purpose: string
  /** Who wrote the topic and the purpose last; absent for those that were always there. */
  topicCreator?: string
  purposeCreator?: string
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
  /** By channel, oldest first. */
  messages: Record<string, StoredMessage[]>
  homes: Record<string, StoredView>
  lastId: number
  lastMicroseconds: number
}

/** What was announced, and what of it has arrived. */
export interface Upload extends SlackFile {
  length: number
  isThere: boolean
}

export interface State {
  world: World
  clock: Clock
  /** Open forms of each person, the top one last. */
  modals: Map<string, StoredView[]>
  /** Files that are on their way: announced, and not yet posted. */
  uploads: Map<string, Upload>
  /** The messages of `world` by channel and time stamp: a channel of thousands stays as fast as one of ten. */
  messageIndex: Map<string, Map<string, StoredMessage>>
  /** Anything has changed: pages redraw, the file is written. */
  changed(): void
  newId(prefix: string): string
  newTs(): string
}

export function createState(world: World, clock: Clock, changed: () => void): State {
  const messageIndex = new Map(
    Object.entries(world.messages).map(([id, messages]) => [id, new Map(messages.map((one) => [one.ts, one]))]),
  )
  return {
    world,
    clock,
    modals: new Map(),
    uploads: new Map(),
    messageIndex,
    changed,
    newId(prefix) {
      world.lastId += 1
      return `${prefix}0${world.lastId.toString(36).toUpperCase().padStart(7, '0')}`
    },
    newTs() {
      // Unique and growing whatever the clock does: yesterday's may have been pushed into the day after tomorrow.
      world.lastMicroseconds = Math.max(clock.now().getTime() * 1_000, world.lastMicroseconds + 1)
      const { lastMicroseconds } = world
      return `${Math.floor(lastMicroseconds / 1e6)}.${String(lastMicroseconds % 1e6).padStart(6, '0')}`
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
  state.world.messages[channelId] ??= []
  return state.world.messages[channelId]
}

/** Ephemeral ones too; none that was deleted. */
export function messageAt(state: State, channelId: string, ts: string): StoredMessage | undefined {
  const message = state.messageIndex.get(channelId)?.get(ts)
  return message?.deleted ? undefined : message
}

/** The conversation of the bot and one person, made when it is first needed. */
export function directChannel(state: State, userId: string): StoredChannel {
  const { world } = state
  const existing = world.channels.find((channel) => channel.kind === 'dm' && channel.members.includes(userId))
  if (existing) return existing
  const name = `dm-${personOf(state, userId)?.name ?? userId}`
  return addChannel(state, { id: state.newId('D'), name, kind: 'dm', members: [userId, world.botUserId] })
}

export function addChannel(
  state: State,
  given: Pick<StoredChannel, 'id' | 'name' | 'kind' | 'members'>,
): StoredChannel {
  const channel: StoredChannel = {
    ...given,
    topic: '',
    purpose: '',
    isArchived: false,
    pins: [],
    bookmarks: [],
    creator: state.world.botUserId,
    created: Math.floor(state.clock.now().getTime() / 1_000),
  }
  state.world.channels.push(channel)
  state.changed()
  return channel
}

/** Whoever is gone is in no channel any more. */
export function deactivate(state: State, person: SlackPerson): void {
  person.kind = 'deactivated'
  for (const channel of state.world.channels)
    if (channel.kind !== 'dm') channel.members = channel.members.filter((member) => member !== person.id)
  state.changed()
}

/** Slack sends bots out of what is archived; they come back only when somebody lets them in. */
export function archiveChannel(state: State, channel: StoredChannel): void {
  channel.isArchived = true
  channel.members = channel.members.filter((member) => member !== state.world.botUserId)
  state.changed()
}

export interface NewMessage {
  channelId: string
  user: string
  text: string
  blocks?: SlackBlock[]
  threadTs?: string | null
  onlyFor?: string | null
  metadata?: SlackMessage['metadata']
  files?: SlackMessage['files']
}

export function addMessage(state: State, given: NewMessage): StoredMessage {
  const message: StoredMessage = {
    ts: state.newTs(),
    channelId: given.channelId,
    user: given.user,
    text: given.text,
    blocks: named(state, given.blocks ?? []),
    threadTs: given.threadTs ?? null,
    edited: false,
    deleted: false,
    onlyFor: given.onlyFor ?? null,
    reactions: [],
    metadata: given.metadata ?? null,
    files: given.files ?? [],
  }
  messagesOf(state, given.channelId).push(message)
  const index = state.messageIndex.get(given.channelId) ?? new Map<string, StoredMessage>()
  state.messageIndex.set(given.channelId, index.set(message.ts, message))
  state.changed()
  return message
}

export function editMessage(
  state: State,
  message: StoredMessage,
  { text, blocks }: { text: string; blocks: SlackBlock[] },
): void {
  message.text = text
  message.blocks = named(state, blocks)
  message.edited = true
  state.changed()
}

export function deleteMessage(state: State, message: StoredMessage): void {
  message.deleted = true
  const channel = channelOf(state, message.channelId)
  if (channel) channel.pins = channel.pins.filter((ts) => ts !== message.ts)
  state.changed()
}

/** Slack gives a name of its own to each block and control that came without one. */
export function named(state: State, blocks: readonly SlackBlock[]): SlackBlock[] {
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? state.newId('b'),
    ...(Array.isArray(block.elements) && block.type === 'actions' ? { elements: block.elements.map(withAction) } : {}),
    ...(block.accessory ? { accessory: withAction(block.accessory) } : {}),
    ...(block.element ? { element: withAction(block.element) } : {}),
  }))

  function withAction(element: SlackBlock): SlackBlock {
    return element.action_id === undefined && element.type !== 'image'
      ? { ...element, action_id: state.newId('a') }
      : element
  }
}
