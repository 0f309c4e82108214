/** What every Web API method is given, and how it reads its arguments. */
import type { Events } from '../events.ts'
import type { Permits } from '../permits.ts'
import { refuse } from '../refusal.ts'
import { channelOf, messageAt, type State, type StoredChannel, type StoredMessage } from '../state.ts'

export interface ApiContext {
  state: State
  args: Readonly<Record<string, unknown>>
  permits: Permits
  events: Events
  baseUrl(): string
  /** The scopes that the app has. */
  granted: ReadonlySet<string>
}

export type ApiMethod = (context: ApiContext) => Record<string, unknown>
export type ApiMethods = Readonly<Record<string, ApiMethod>>

export function textArg({ args }: Pick<ApiContext, 'args'>, name: string): string {
  const value = args[name]
  return value === undefined || value === null ? '' : String(value)
}

export function flagArg({ args }: Pick<ApiContext, 'args'>, name: string): boolean {
  return [true, 'true', '1'].some((yes) => yes === args[name])
}

/** One page of a list, and the cursor of the next. */
export function page<Item>(
  context: ApiContext,
  all: readonly Item[],
  usual: number,
): { items: Item[]; cursor: { next_cursor: string } } {
  const limit = limitArg(context, usual)
  const cursor = textArg(context, 'cursor')
  const position = cursor === '' ? '0' : Buffer.from(cursor, 'base64').toString()
  if (!/^\d+$/.test(position)) refuse('invalid_cursor')
  const from = Number(position)
  const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64') : ''
  return { items: all.slice(from, from + limit), cursor: { next_cursor: next } }
}

const limitMax = 1_000

export function limitArg(context: ApiContext, usual: number): number {
  const given = textArg(context, 'limit')
  if (given === '') return usual
  const limit = Number(given)
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) refuse('invalid_limit')
  return limit
}

/** `read`, `history` …: the scope of that name for this kind of conversation, or one of the narrower ones. */
export function needScope(
  context: ApiContext,
  channel: Pick<StoredChannel, 'kind'>,
  right: string,
  ...narrower: readonly string[]
): void {
  const family = { public: 'channels', private: 'groups', dm: 'im' }[channel.kind]
  const names: readonly string[] = right === 'manage' ? managing[channel.kind] : [`${family}:${right}`]
  needAny(context, [...names, ...narrower.map((name) => `${family}:${name}`)])
}

const managing = { public: ['channels:manage', 'channels:write'], private: ['groups:write'], dm: ['im:write'] }

export function needAny({ granted }: ApiContext, scopes: readonly string[]): void {
  if (scopes.length === 0 || scopes.some((scope) => granted.has(scope))) return
  refuse('missing_scope', { needed: scopes.join(','), provided: [...granted].join(',') })
}

/** A channel that the bot can see. */
export function visibleChannel(context: ApiContext, name = 'channel'): StoredChannel {
  const { state } = context
  const channel = channelOf(state, textArg(context, name))
  const isHidden = channel?.kind !== 'public' && !channel?.members.includes(state.world.botUserId)
  return !channel || isHidden ? refuse('channel_not_found') : channel
}

/** A channel that the bot is in. */
export function ownChannel(context: ApiContext, { mayBeArchived = false, name = 'channel' } = {}): StoredChannel {
  const channel = visibleChannel(context, name)
  if (channel.isArchived && !mayBeArchived) refuse('is_archived')
  if (!channel.members.includes(context.state.world.botUserId)) refuse('not_in_channel')
  return channel
}

/** A message that everybody in the channel sees. Ephemeral ones cannot be changed by their time stamp. */
export function messageIn(context: ApiContext, channel: StoredChannel, ts: string): StoredMessage {
  const message = messageAt(context.state, channel.id, ts)
  return !message || message.onlyFor !== null ? refuse('message_not_found') : message
}
