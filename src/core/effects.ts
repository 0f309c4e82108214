/**
 * Everything the bot can do to the outside world, as plain data.
 *
 * An effect is stored in the transaction that caused it, so there is no moment at which an incident is resolved
 * and nobody will ever be told. The union grows with the features; a kind without a user is not listed.
 */
import type { Block } from '../lib/blocks.ts'
import type { Actor } from './decision.ts'

export type { Block } from '../lib/blocks.ts'

export type Effect =
  | SlackEffect
  | LookEffect
  | PagerEffect
  | PagerDutyEffect
  | MailEffect
  | WebhookEffect
  | AlertmanagerEffect
  | SnsEffect
  | ProbeEffect
  | TimerEffect
  | PerformEffect
  | RunEffect

export type SlackEffect =
  /** Said once, and only once; in the thread below a message where one is named and still stands. */
  | { kind: 'slack.say'; to: Place; message: Message; inThreadOf?: MessageRef; priority?: Priority }
  /** A named message: posted the first time, edited ever after. A newer one replaces an undelivered older one. */
  | {
      kind: 'slack.show'
      name: ThingName
      to: Place
      message: Message
      pin?: boolean
      priority?: Priority
      /** Where it does not stand yet it is not worth a message any more. */
      onlyIfThere?: boolean
      whenDone?: Callback
    }
  /** A channel as it should be; the adapter compares with what it is and does only the difference. */
  | {
      kind: 'slack.channel'
      name: ThingName
      desired: DesiredChannel
      whenDone: Callback
      whenGivenUp: Callback
      /** Performed with `changed: ChannelChange` whenever people have changed the channel. */
      whenChanged?: Callback
    }
  /** Who is in a user group: exactly these. The group itself is made by people; nobody in it is no state Slack knows. */
  | { kind: 'slack.group'; name: ThingName; group: string; members: readonly string[] }
  /** The bot's own emoji on a message, there or not. */
  | { kind: 'slack.react'; on: MessageRef; emoji: string; isThere: boolean }
  /** A text file, posted once as a message with the file in it. Only the people of that channel can open it. */
  | { kind: 'slack.file'; to: Place; file: TextFile; inThreadOf?: MessageRef }
  /** What one person sees in App Home, each time all of it. */
  | { kind: 'slack.home'; person: string; blocks: readonly Block[] }
  /** For one person only: beside what they just did while Slack still lets us, else as a direct message. */
  | { kind: 'slack.tell'; person: string; channelId?: string; responseUrl?: string; message: Message }

/** Look again at a named thing: somebody outside may have changed it. What it shall be stays as it is. */
export type LookEffect = { kind: 'slack.look'; name: ThingName }

export type PagerEffect =
  | {
      kind: 'pager.trigger'
      key: string
      service: string
      summary: string
      severity: PageSeverity
      link?: string
      whenDone?: Callback
      whenGivenUp?: Callback
    }
  | { kind: 'pager.acknowledge'; key: string; service: string }
  | { kind: 'pager.resolve'; key: string; service: string }

/** What PagerDuty is asked and told beside pages, by its REST API. A page never waits for any of it. */
export type PagerDutyEffect =
  /** Who is on call there. What it saw is merged into the `whenDone` command as `observed`; that it is away is an answer too. */
  | {
      kind: 'pagerduty.look'
      policies: readonly string[]
      schedules: readonly string[]
      /** Whose ids there are wanted beside, by their e-mail addresses. */
      emails: readonly string[]
      whenDone: Callback
      whenGivenUp: Callback
    }
  /** Which incident there the page of this key became, and how it stands. Merged into `whenDone` as `observed`. */
  | { kind: 'pagerduty.find'; key: string; whenDone: Callback; whenGivenUp: Callback }
  /** Beside the incident of this key, for whoever holds the phone. */
  | { kind: 'pagerduty.note'; key: string; incident?: string; from: string; text: string }
  | { kind: 'pagerduty.priority'; key: string; from: string; priority: string }
  /** Asks more people there to join. */
  | { kind: 'pagerduty.invite'; key: string; from: string; text: string; targets: readonly PagerDutyTarget[] }

export interface PagerDutyTarget {
  type: 'user' | 'escalation_policy'
  id: string
}

export interface MailEffect {
  kind: 'mail.send'
  to: readonly string[]
  subject: string
  text: string
  /** The same, for programs that show it; without it the mail is plain text. */
  html?: string
  /** Mails of one thread are shown as one conversation. */
  thread?: string
  /** What names this mail wherever it is sent from: a second effect with the same key is the same mail to whoever reads it. */
  key?: string
  /** It is not sent again by itself when the server may have it already: then it is given up as `in_doubt`. */
  inDoubt?: 'leave'
  /** Where one POST ends a subscription (RFC 8058). */
  unsubscribe?: string
  whenDone?: Callback
  whenGivenUp?: Callback
}

/** A signed POST to a machine of somebody's: an SMS or voice gateway, a status page. */
export interface WebhookEffect {
  kind: 'webhook.send'
  url: string
  /** The environment variable with the secret that it is signed by. */
  secretVariable: string
  body: Readonly<Record<string, unknown>>
  whenDone?: Callback
  whenGivenUp?: Callback
}

export type AlertmanagerEffect =
  /** A silence there, as it should be. What it is called there is merged into the `whenDone` command. */
  | {
      kind: 'alertmanager.silence'
      name: ThingName
      desired: DesiredSilence
      whenDone: Callback
      whenGivenUp: Callback
    }
  /**
   * What became of silences of ours there. What it saw is merged into the `whenDone` command as `observed`; that
   * Alertmanager is away is an answer too.
   */
  | { kind: 'alertmanager.look'; copies: readonly SilenceCopy[]; whenDone: Callback; whenGivenUp: Callback }

/** As Alertmanager's API has it. Once over, it is made to end there too. */
export interface DesiredSilence {
  isActive: boolean
  /** What it is called there, where that is known: somebody may have put another in the place of the one we made. */
  id: string | null
  matchers: readonly SilenceMatcher[]
  startsAt: Instant
  endsAt: Instant
  createdBy: string
  /** Names the silence as we know it: by this it is found again when an answer was lost. */
  comment: string
}

export interface SilenceMatcher {
  name: string
  value: string
  isRegex: boolean
  isEqual: boolean
}

/** One of ours, by our name for it, by theirs, and by its comment. */
export interface SilenceCopy {
  silence: string
  id: string
  comment: string
}

export type SilencesThere =
  | {
      outcome: 'seen'
      /** `there` is null for one that Alertmanager does not know. */
      silences: readonly (SilenceCopy & { there: SilenceThere | null })[]
    }
  | { outcome: 'failed'; code: string }

export interface SilenceThere {
  /** Another one than was asked for, when somebody put it in that one's place. */
  id: string
  matchers: readonly SilenceMatcher[]
  endsAt: Instant
}

/** Amazon SNS sends to an address only after whoever answers there has agreed. Agreeing twice changes nothing. */
export type SnsEffect = { kind: 'sns.confirm'; topic: string; url: string }

/** A question to the outside that changes nothing there. What it saw is merged into the `whenDone` command. */
export type ProbeEffect = { kind: 'probe.ask'; question: Question; whenDone: Callback; whenGivenUp: Callback }

export type Question =
  /** PromQL: the value now, and how it came there. */
  | { ask: 'prometheus'; query: string; forMinutes: number }
  /** Whether an address answers as it should. */
  | { ask: 'http'; url: string; expectStatus: number }
  /** One row of a database, read only. What comes from outside stands in `values`, never in the query. */
  | {
      ask: 'sql'
      urlVariable: string
      secondsMax: number
      query: string
      values: readonly string[]
      expect: Expected | null
    }
  /** Which alerting rules Prometheus has, whether they fire or not. Answered with `KnownRules`. */
  | { ask: 'alert-rules' }

export interface KnownRules {
  /** Why they are not known; null when they are. */
  why: string | null
  rules: readonly AlertRule[]
}

export interface AlertRule {
  name: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
}

/** What the first column of the row must be; without an operator the same text, else a number. */
export interface Expected {
  operator: '=' | '<' | '>' | '<=' | '>='
  value: string
}

/** What was seen. Nothing here is an error: that something does not answer is an answer too. */
export interface Seen {
  /** `ok` and `bad` as the question expects it; `unknown` when it could not be asked. Unknown is never ok. */
  outcome: 'ok' | 'bad' | 'unknown'
  /** One line for people, not escaped. */
  summary: string
  /** By series: its labels, its newest value, and how it came there. */
  series: readonly { labels: string; value: number; points: readonly number[] }[]
}

export type TimerEffect =
  | { kind: 'timer.set'; key: string; at: Instant; fire: Callback }
  | { kind: 'timer.cancel'; key: string }

/** A command to another feature, performed exactly once after this transaction. */
export type PerformEffect = { kind: 'perform'; actor?: Actor } & Callback

/**
 * There is long work for a worker of a feature. What there is to do stands in the feature's own table, saved by the same
 * transaction; this only wakes the worker, which would find it a moment later anyway.
 */
export interface RunEffect {
  kind: 'run'
  worker: string
}

/** A command to perform later: when the timer is due, or when the effect was delivered or given up. */
export interface Callback {
  feature: string
  id: string
  command: { type: string; [field: string]: unknown }
  /** Somebody may be woken by it: it never waits behind what can wait. */
  isUrgent?: true
}

export interface Message {
  /** What a notification and a screen reader say; always given. */
  text: string
  blocks?: readonly Block[]
}

/** `#incidents` (a channel of tocsin.yml) · `@U123` (a person) · `incidents/42/channel` (a named one) · `C123`. */
export type Place = string

/** `<feature>/<subject>/<what>`, for example `incidents/42/card`. */
export type ThingName = `${string}/${string}/${string}`

/** A message: one of ours by its name, or any by where it stands. */
export type MessageRef = ThingName | { channelId: string; ts: string }

export interface TextFile {
  /** With its ending, by which Slack knows how to show it: `inc-42-timeline.md`. */
  name: string
  title: string
  content: string
  /** What is said above it. */
  comment?: string
}

/**
 * Only what is wanted differently than the last time is done: what people changed since (the name, the topic, a
 * bookmark taken away) is theirs and stays.
 */
export interface DesiredChannel {
  /** Tried first; when Slack says it is taken, a number is added. */
  name: string
  /** As it is made. Slack lets no app make a public channel private later, or the other way about. */
  isPrivate: boolean
  topic: string
  /** Invited once. Whoever leaves afterwards is not dragged back. */
  members: readonly string[]
  /** User groups by their handle: whoever is in them is invited too, once. */
  groups?: readonly string[]
  /** What the channel is for. */
  purpose?: string
  bookmarks?: readonly Bookmark[]
  /** True archives it once all else is done. Back to false: see ChannelChange. */
  isArchived?: boolean
}

export interface Bookmark {
  title: string
  link: string
}

/** What people did to a channel of ours, and what only they can do for us. */
export interface ChannelChange {
  /** Its name now, given by a person. */
  name?: string
  isArchived?: boolean
  isPrivate?: boolean
  /** Deleted, or the bot was sent out of a private channel: for us there is none. False when it is back. */
  isGone?: boolean
  /** We want it open again, and Slack lets no bot do that: a person must unarchive it. */
  needsUnarchiving?: boolean
}

/** Lower is sooner: answers and cards go before chatter. Pages have a port of their own and wait for nobody. */
export type Priority = 'answer' | 'state' | 'chatter'

export type PageSeverity = 'critical' | 'error' | 'warning' | 'info'

/** ISO 8601 in UTC. State and events hold moments as text, so that they survive JSON unchanged. */
export type Instant = string
