import type { MovableClock } from '../lib/clock.ts'

/**
 * What the rest of the house may rely on: the try page, the stories and the benchmarks use a Simulator only
 * through these types. Everything about Slack's wire is in slack/, PagerDuty's in pagerduty.ts, SMTP in mailbox.ts.
 */
export interface Simulator {
  /** `http://127.0.0.1:<port>`: Slack's Web API is below `/api/`, PagerDuty's below `/pagerduty/`. */
  readonly url: string
  /** The environment variables that make a bot talk to this simulator. */
  readonly env: Record<string, string>
  /** The variable that makes it Socket Mode. */
  readonly socketEnv: Record<string, string>
  readonly sockets: { count(): number; refresh(): void }
  readonly clock: MovableClock
  readonly slack: SlackWorld
  readonly pagerduty: PagerDutyWorld
  readonly mailbox: Mailbox
  readonly alertmanager: AlertmanagerWorld
  readonly sns: SnsWorld
  /** Where Slack delivers to: `http://…/slack/events`. Until it is set, nothing is delivered. */
  connect(slackEventsUrl: string): void
  /** Called after anything in any of the worlds has changed. Returns the way to stop. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

/** Amazon SNS: what a topic would send, signed. Its addresses are Amazon's; the simulator's own answers in their place. */
export interface SnsWorld {
  message(fields: SnsFields): Record<string, unknown>
  /** What comes to an address that was subscribed to a topic. */
  subscription(topic: string): Record<string, unknown>
  /** The topics that were confirmed, as often as they were. */
  confirmed(): readonly string[]
}

export interface SnsFields {
  Type: string
  TopicArn: string
  Message: string
  Subject?: string
  Timestamp?: string
  Token?: string
  SubscribeURL?: string
  version?: '1' | '2'
}

export interface SlackWorld {
  readonly manifest: Manifest
  people(): readonly SlackPerson[]
  channels(): readonly SlackChannel[]
  /** All messages of a channel, oldest first, thread replies among them. Ephemeral ones carry `onlyFor`. */
  messages(channelId: string): readonly SlackMessage[]
  /** A person by name, display name or id; throws when there is none. */
  person(nameOrId: string): PersonHands
  /** What an administrator does: the account is closed, its channels are left. */
  deactivate(nameOrId: string): Promise<void>
  /** Where somebody is, as Slack shows it beside their name. */
  show(nameOrId: string, whereabouts: Pick<SlackPerson, 'isAway' | 'isQuiet' | 'status'>): Promise<void>
  /** Every Web API call that arrived, oldest first, the newest 5,000. */
  readonly calls: readonly ApiCall[]
  readonly faults: Faults
  /** Every delivery to the bot (command, click, event …) and how it was answered. */
  readonly deliveries: readonly BotDelivery[]
}

export interface Manifest {
  features: {
    slash_commands?: { command: string; description: string; usage_hint?: string; should_escape?: boolean }[]
    shortcuts?: { name: string; type: 'message' | 'global'; callback_id: string; description: string }[]
    [other: string]: unknown
  }
  oauth_config: { scopes: { bot: string[]; bot_optional?: string[] } }
  settings: { event_subscriptions?: { bot_events: string[] }; [other: string]: unknown }
  [other: string]: unknown
}

export interface SlackPerson {
  id: string
  /** The handle, without @. */
  name: string
  realName: string
  title: string
  email: string
  timeZone: string
  kind: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated'
  isAway?: boolean
  /** Notifications are paused from now on. */
  isQuiet?: boolean
  /** The words beside their name. */
  status?: string
}

export interface SlackChannel {
  id: string
  name: string
  kind: 'public' | 'private' | 'dm'
  topic: string
  isArchived: boolean
  members: readonly string[]
  /** Time stamps of pinned messages. */
  pins: readonly string[]
  bookmarks: readonly { id: string; title: string; link: string }[]
}

export interface SlackMessage {
  ts: string
  channelId: string
  /** The author's id (the bot's own user id for the bot). */
  user: string
  text: string
  blocks: readonly SlackBlock[]
  threadTs: string | null
  edited: boolean
  deleted: boolean
  /** Set for ephemeral messages: the one person who sees it. */
  onlyFor: string | null
  reactions: readonly { name: string; users: readonly string[] }[]
  metadata: { event_type: string; event_payload: Record<string, unknown> } | null
  files: readonly SlackFile[]
}

export interface SlackFile {
  id: string
  name: string
  title: string
  content: string
}

// biome-ignore lint/suspicious/noExplicitAny: blocks arrive from outside and are drawn, never trusted.
export type SlackBlock = { type: string; [field: string]: any }

export interface SlackView {
  id: string
  type: 'modal' | 'home'
  callbackId: string
  title: string
  submit: string | null
  close: string | null
  blocks: readonly SlackBlock[]
  /** Errors that the bot returned for the last submission, by block_id. */
  errors: Readonly<Record<string, string>>
}

/** What one person can do with their hands. Each waits for the bot's acknowledgement and says how it went. */
export interface PersonHands {
  readonly id: string
  readonly person: SlackPerson
  /** A line in the composer: a slash command, or a message (in a thread when `threadTs` is given). */
  type(channelId: string, line: string, threadTs?: string): Promise<Ack>
  /** By the visible words of the button, the menu or its placeholder, or by action_id. */
  click(message: SlackMessage, label: string): Promise<Ack>
  choose(message: SlackMessage, label: string, option: string): Promise<Ack>
  /** The modal this person looks at (top of the stack), null when none is open. */
  modal(): SlackView | null
  /** Values by the visible label of the input (or its block_id). Unnamed inputs keep their initial values. */
  submit(values: Record<string, string | readonly string[]>): Promise<Ack>
  /** A button or menu inside the open modal. What stands in the inputs goes with it, as Slack sends it. */
  clickInModal(label: string, option?: string, values?: Record<string, string | readonly string[]>): Promise<Ack>
  closeModal(): Promise<Ack>
  openHome(): Promise<SlackView | null>
  home(): SlackView | null
  clickInHome(label: string, option?: string): Promise<Ack>
  /** A message shortcut («Declare incident») on a message, or a global one without. */
  shortcut(name: string, message?: SlackMessage): Promise<Ack>
  react(message: SlackMessage, emoji: string): Promise<void>
  unreact(message: SlackMessage, emoji: string): Promise<void>
  /** Of one's own message. */
  edit(message: SlackMessage, text: string): Promise<void>
  delete(message: SlackMessage): Promise<void>
  /** A small text file, with or without words above it. */
  postFile(channelId: string, file: { name: string; content: string; text?: string }, threadTs?: string): Promise<void>
  join(channelId: string): Promise<void>
  leave(channelId: string): Promise<void>
  /** What people do to channels. */
  readonly channels: ChannelHands
}

/** Each throws, with a sentence, where Slack would not let this person. */
export interface ChannelHands {
  /** Its id. */
  create(name: string, options?: { isPrivate?: boolean }): Promise<string>
  rename(channelId: string, name: string): Promise<void>
  setTopic(channelId: string, topic: string): Promise<void>
  archive(channelId: string): Promise<void>
  unarchive(channelId: string): Promise<void>
  makePrivate(channelId: string): Promise<void>
  invite(channelId: string, person: string): Promise<void>
  remove(channelId: string, person: string): Promise<void>
  addBookmark(channelId: string, title: string, link: string): Promise<void>
  removeBookmark(channelId: string, title: string): Promise<void>
}

export interface Ack {
  /** `ok`: answered in time · `late`: no answer within Slack's 3 s · `failed`: not 200, or nobody listens. */
  outcome: 'ok' | 'late' | 'failed'
  status: number | null
  milliseconds: number
  /** The body of the acknowledgement, where there was one. */
  body: unknown
}

export interface ApiCall {
  at: Date
  method: string
  args: Record<string, unknown>
  /** `ok`, Slack's error code, or the name of the fault that was injected. */
  outcome: string
}

export interface BotDelivery {
  at: Date
  kind: 'command' | 'interaction' | 'event'
  what: string
  ack: Ack
  retry: number
}

/** Faults of the outside, switched on and off while the bot runs. */
export interface Faults {
  /** `up`; `down`: connections are refused with 503; `slow`: every call takes `slowMilliseconds`. */
  mode: 'up' | 'down' | 'slow'
  slowMilliseconds: number
  /** The next `times` (1) calls of a method (or `*`) meet this. */
  inject(method: string, fault: Fault, times?: number): void
  clear(): void
  /** Each delivery to the bot is sent this many times (1); the extra ones are exact copies. */
  deliverTimes: number
}

export type Fault =
  | { kind: 'error'; error: string }
  | { kind: 'http'; status: number; retryAfterSeconds?: number }
  /** The connection is cut before or after the call had its effect. */
  | { kind: 'reset'; when: 'before-effect' | 'after-effect' }
  /** The effect happens, the answer never comes. */
  | { kind: 'hang' }
  | { kind: 'slow'; milliseconds: number }

export interface PagerDutyWorld {
  /** PagerDuty incidents, oldest first; one per routing key and dedup key while it is open. */
  pages(): readonly Page[]
  /** Who is on call there, to be changed as a story goes on. */
  readonly duty: OnDuty[]
  /** What the person with the phone does; the bot hears it by webhook where one is configured. */
  acknowledge(key: string, user?: string): void
  resolve(key: string, user?: string): void
  /** Given to others there, by their ids. */
  passOn(key: string, how: 'reassigned' | 'delegated' | 'escalated', to: readonly string[]): void
  /** Nobody has it any more: acknowledging holds there for a while only. */
  unacknowledge(key: string): void
  readonly faults: Faults
  readonly calls: readonly ApiCall[]
  /** Requests that PagerDuty does not describe so, in words; each was refused. */
  readonly violations: readonly string[]
}

export interface OnDuty {
  policy: string
  schedule: string | null
  level: number
  /** A user's id there. */
  user: string
}

export interface PagerDutyUser {
  id: string
  name: string
  email: string
  phone: string
}

export interface Page {
  id: string
  key: string
  routingKey: string
  summary: string
  severity: string
  status: 'triggered' | 'acknowledged' | 'resolved'
  at: Date
  link: string | null
  priority: string | null
  /** Users' ids there. */
  assignees: string[]
  acknowledgedBy: string | null
  notes: string[]
  /** Who else was asked to join, and with which words. */
  requests: { message: string; targets: string[] }[]
}

export interface AlertmanagerWorld {
  /** Silences that hold now, oldest first. */
  active(): readonly SimulatedSilence[]
  /** What people do there: end one, move its end, or change its labels, which ends it and makes another. */
  end(id: string): void
  change(id: string, change: Partial<Pick<SimulatedSilence, 'matchers' | 'endsAt'>>): void
  /** It starts with an empty disk. */
  forget(): void
  readonly faults: Faults
}

export interface SimulatedSilence {
  id: string
  matchers: readonly { name: string; value: string; isRegex: boolean; isEqual: boolean }[]
  startsAt: string
  endsAt: string
  createdBy: string
  comment: string
}

export interface Mailbox {
  /** `smtp://127.0.0.1:<port>` */
  readonly url: string
  mails(): readonly Mail[]
  /** `down`: the server hangs up; `refuse`: 550 to every recipient; `later`: 451. */
  mode: 'up' | 'down' | 'refuse' | 'later' | 'mute'
}

export interface Mail {
  at: Date
  from: string
  to: readonly string[]
  /** By which mail programs fold two copies into one; empty when the mail has none. */
  messageId: string
  subject: string
  text: string
}
