/** A feature, as one declaration: what its folder offers to the rest of the house. */
import type { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import type { AnyCommand, Noun } from './commands.ts'
import type { Located, Mismatch, Problem } from './config.ts'
import { type ContentPage, readContent } from './content.ts'
import type { HookSource } from './hooks.ts'
import type { Click, Hearer, Shortcut, SlackEventListener } from './interactions.ts'
import type { Log } from './log.ts'
import type { Loop } from './loop.ts'
import type { Measure } from './measures.ts'
import type { AnyModal } from './modals.ts'
import type { Finds, Look } from './outside.ts'
import type { Page } from './pages.ts'
import type { People } from './people.ts'
import type { Aggregate, Spine } from './perform.ts'
import type { Scheduled } from './schedule.ts'
import type { SharedConfig } from './shared-config.ts'
import type { Filling, Slots } from './slots.ts'
import type { Subscription } from './subscriptions.ts'
import type { Templates } from './templates.ts'

/** What a feature's rules are made from, once, at start. */
export interface Ground {
  /** The whole of tocsin.yml, checked: the shared part, and each feature's own below its name. */
  config: SharedConfig & Readonly<Record<string, unknown>>
  /** Sentences that people may reword. */
  templates: Templates
  slots: Slots
  /** Where the outside reaches us, without a slash at its end: for links. */
  publicUrl: string
  /** A random text of this installation, to sign links with that only their receiver may use. */
  linkSecret: string
  /** The Markdown pages of the feature that asks. */
  content: readonly ContentPage[]
}

export interface Feature {
  name: string
  /** This feature's part of tocsin.yml, below its name. */
  config?: ConfigPart
  /** Folders of Markdown pages that it is given to read. */
  contentFolders?(config: Ground['config']): readonly string[]
  /** What `tocsin check` should say about its part beyond the configuration: a page that cannot be read, a dead reference. */
  lint?(ground: Ground, at: LintedAt): readonly Problem[]
  /** What `tocsin check` should say although nothing is wrong yet: a review that is due. It turns no build red. */
  advise?(ground: Ground, now: Date): readonly string[]
  /** What `tocsin check` should say that only the outside knows: a dead link, a figure that nobody measures. */
  look?(ground: Ground, look: Look): Promise<Finds>
  /** What it changes, and the rules it decides by: one aggregate as a rule, each with a name of its own. */
  ruled?: Ruled | readonly Ruled[]
  nouns?: readonly Noun[]
  commands?: readonly AnyCommand[]
  clicks?: readonly Click[]
  modals?: readonly AnyModal[]
  shortcuts?: readonly Shortcut[]
  slackEvents?: readonly SlackEventListener[]
  /** What it hears of what is said and done in our channels. */
  hears?: readonly Hearer[]
  /** What it hears of the features to its left. */
  on?: readonly Subscription[]
  /** What it shows on, or asks about, what belongs to its left. */
  fills?: readonly Filling[]
  /** Webhooks it takes in, below /hooks/. */
  hooks?: HookSource | readonly HookSource[]
  /** What it counts, for /metrics. */
  measures?: readonly Measure[]
  /** Pages it serves beside; made for each process when they keep something in its memory. */
  pages?: readonly Page[] | ((work: PageWork) => readonly Page[])
  /** What it does by the calendar. */
  scheduled?(work: CalendarWork): readonly Scheduled[]
  /** Long work that must not wait in the outbox: what it does stands in the feature's own tables. */
  worker?(work: LongWork): Loop | readonly Loop[]
}

/** When and where `tocsin check` looks. */
export interface LintedAt extends Located {
  now: Date
  /** The name of the configuration's file. */
  file: string
}

export interface LongWork {
  config: Ground['config']
  spine: Spine
  clock: Clock
  log: Log
  /** The folder in which it may keep files of its own. */
  dataFolder: string
  /** The value of an environment variable; null when it is not set, or is one of Tocsin's own secrets. */
  secretOf(name: string): string | null
  /** True when nobody shares this process who waits for it: then it looks oftener. */
  isAlone: boolean
}

export interface PageWork {
  spine: Spine
  log: Log
}

export interface CalendarWork {
  config: Ground['config']
  spine: Spine
  people: People
  log: Log
}

export interface ConfigPart {
  schema: z.ZodType
  /** What this part says about others (a route that names a severity), held against them. Paths begin in this part. */
  check(config: SharedConfig & Readonly<Record<string, unknown>>): readonly Mismatch[]
}

export interface Ruled {
  // biome-ignore lint/suspicious/noExplicitAny: the parts of one aggregate fit each other; a registry need not know how.
  aggregate: Aggregate<any, any, any, string, any>
  policy(ground: Ground): unknown
}

/** Ties an aggregate to the rules that it decides by; the compiler sees to it that they fit. */
export function ruled<State, Command, Event, Code extends string, Policy>(
  aggregate: Aggregate<State, Command, Event, Code, Policy>,
  policy: (ground: Ground) => Policy,
): Ruled {
  return { aggregate, policy }
}

/** What this feature's rules are made from; reads its pages. */
export function groundOf(feature: Feature, shared: Omit<Ground, 'content'>): Ground {
  return { ...shared, content: readContent(feature.contentFolders?.(shared.config) ?? []) }
}

export function ruledOf({ ruled = [] }: Feature): readonly Ruled[] {
  return [ruled].flat()
}

export function pagesOf({ pages = [] }: Feature, work: PageWork): readonly Page[] {
  return typeof pages === 'function' ? pages(work) : pages
}

/** Checks nothing at run time: it is here so that a folder's face reads as one thing, and the compiler reads it too. */
export function feature(declared: Feature): Feature {
  return declared
}
