/** All that the page needs to draw itself for one person: what this person may see, and nothing of the others. */
import type { Faults, Mail, Page, Simulator, SlackChannel, SlackMessage, SlackPerson, SlackView } from '../types.ts'
import { type PhoneCall, phoneCalls } from './phone-calls.ts'

/** A sender that can be made to do something, as the panel «Make something happen» shows it. */
export interface TryHook {
  source: string
  label: string
  does: 'alerts' | 'heartbeat'
  /** What the bot answered; null when it was not told anything. */
  fire(variant: FireVariant): Promise<{ status: number; body: string } | null>
}

export const variantsOf = {
  alerts: ['firing', 'resolved', 'storm'],
  heartbeat: ['beat', 'silence'],
} as const satisfies Record<TryHook['does'], readonly string[]>

export type FireVariant = (typeof variantsOf)[TryHook['does']][number]

export interface Asked {
  as: string | null
  channel: string | null
  /** The time stamp of the thread that is open beside. */
  thread: string | null
  limit: number
}

export interface TryState {
  me: SlackPerson
  people: readonly SlackPerson[]
  channels: readonly DrawnChannel[]
  /** Null when nothing was asked for, or when this person must not see it. */
  open: OpenChannel | null
  modal: SlackView | null
  home: SlackView | null
  commands: readonly { command: string; description: string; hint: string }[]
  shortcuts: readonly { name: string; type: 'message' | 'global'; description: string }[]
  pages: readonly Page[]
  /** Pages that came as direct messages: a phone shows them as it shows those of PagerDuty. */
  calls: readonly PhoneCall[]
  mails: readonly Mail[]
  /** How each of the services outside answers the bot just now. */
  modes: Readonly<Record<'slack' | 'pagerduty', Faults['mode']>>
  now: string
  hooks: readonly { source: string; label: string; does: TryHook['does'] }[]
  /** Sentences about what else runs here: `checkout runs v142 and is broken`. */
  around: readonly string[]
}

export interface DrawnChannel extends Omit<SlackChannel, 'pins' | 'bookmarks'> {
  isMember: boolean
  /** How many messages of others there are, and how many of them name this person. The browser knows how many were read. */
  messages: number
  mentions: number
}

export interface OpenChannel {
  id: string
  pins: SlackChannel['pins']
  bookmarks: SlackChannel['bookmarks']
  messages: readonly DrawnMessage[]
  /** How many older ones are not among `messages`. */
  earlier: number
}

export type DrawnMessage = Omit<SlackMessage, 'metadata'>

const mailsShown = 50

export function pageState(
  simulator: Simulator,
  hooks: readonly TryHook[],
  asked: Asked,
  around: readonly string[] = [],
): TryState | { refused: string } {
  const { slack, pagerduty, mailbox, clock } = simulator
  const people = slack.people()
  const me = asked.as === null ? people.find((person) => person.kind === 'member') : whois(people, asked.as)
  if (!me || me.kind === 'bot' || me.kind === 'deactivated') return { refused: unknownPerson(people, asked.as) }

  const hands = slack.person(me.id)
  const channels = slack.channels().filter((channel) => mayKnow(me, channel))
  const open = channels.find((channel) => channel.id === asked.channel)
  const { slash_commands: commands = [], shortcuts = [] } = slack.manifest.features
  return {
    me,
    people,
    channels: channels.map((channel) => drawnChannel(simulator, me, channel)),
    open: open ? openChannel(simulator, me, open, asked) : null,
    modal: hands.modal(),
    home: hands.home(),
    commands: commands.map(({ command, description, usage_hint: hint = '' }) => ({ command, description, hint })),
    shortcuts: shortcuts.map(({ name, type, description }) => ({ name, type, description })),
    pages: pagerduty.pages(),
    calls: phoneCalls(simulator),
    mails: mailbox.mails().slice(-mailsShown),
    modes: { slack: slack.faults.mode, pagerduty: pagerduty.faults.mode },
    now: clock.now().toISOString(),
    hooks: hooks.map(({ source, label, does }) => ({ source, label, does })),
    around,
  }
}

export function whois(people: readonly SlackPerson[], nameOrId: string): SlackPerson | undefined {
  return people.find((person) => person.id === nameOrId) ?? people.find((person) => person.name === nameOrId)
}

export function unknownPerson(people: readonly SlackPerson[], asked: string | null): string {
  const names = people
    .filter((person) => person.kind !== 'bot' && person.kind !== 'deactivated')
    .map(({ name }) => name)
  return `There is no person "${asked ?? ''}" to be. The people here are ${names.join(', ')}.`
}

/** The message, if this person can see it. */
export function visibleMessage(
  simulator: Simulator,
  me: SlackPerson,
  channelId: string,
  ts: string,
): SlackMessage | undefined {
  const channel = simulator.slack.channels().find((candidate) => candidate.id === channelId)
  if (!channel || !mayKnow(me, channel)) return undefined
  return simulator.slack.messages(channelId).find((message) => message.ts === ts && isVisible(me, message))
}

// Everybody sees public channels, joined or not; guests and people of other companies only where they were invited.
function mayKnow(me: SlackPerson, channel: SlackChannel): boolean {
  if (channel.members.includes(me.id)) return true
  return channel.kind === 'public' && me.kind === 'member'
}

function isVisible(me: SlackPerson, message: SlackMessage): boolean {
  return !message.deleted && (message.onlyFor === null || message.onlyFor === me.id)
}

function drawnChannel({ slack }: Simulator, me: SlackPerson, channel: SlackChannel): DrawnChannel {
  const { pins: _pins, bookmarks: _bookmarks, ...drawn } = channel
  const counted = { messages: 0, mentions: 0 }
  for (const message of slack.messages(channel.id)) {
    if (message.user === me.id || message.threadTs !== null || !isVisible(me, message)) continue
    counted.messages += 1
    if (mentions(me, message)) counted.mentions += 1
  }
  return { ...drawn, ...counted, isMember: channel.members.includes(me.id) }
}

function mentions(me: SlackPerson, { text }: SlackMessage): boolean {
  return text.includes(`<@${me.id}`) || /<!(here|channel|everyone)/.test(text)
}

function openChannel({ slack }: Simulator, me: SlackPerson, channel: SlackChannel, asked: Asked): OpenChannel {
  const visible = slack.messages(channel.id).filter((message) => isVisible(me, message))
  const roots = visible.filter(isRoot)
  const shown = new Set(roots.slice(-asked.limit).map((message) => message.ts))
  if (asked.thread !== null) shown.add(asked.thread)
  const messages = visible.filter((message) => shown.has(isRoot(message) ? message.ts : (message.threadTs ?? '')))
  return {
    id: channel.id,
    pins: channel.pins,
    bookmarks: channel.bookmarks,
    messages: messages.map(({ metadata: _metadata, ...drawn }) => drawn),
    earlier: Math.max(0, roots.length - asked.limit),
  }
}

// Slack puts the time stamp of the thread on its first message too.
function isRoot(message: SlackMessage): boolean {
  return message.threadTs === null || message.threadTs === message.ts
}
