/** A story that clients are told: what it is, what may be asked of it, what happens to it, and how it says no. */
import type { Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { type About, isOver as isIncidentOver } from '../incidents/index.ts'
import type { LintFinding } from './lint.ts'
import type { Locale } from './locale.ts'
import { momentOf, type Phase, type StoryKind, standing } from './moments.ts'
import type { PublicFacts } from './public.ts'
import type { Rendered } from './rendering.ts'

/**
 * A *story* is what clients are told about one incident, one maintenance, or something new. It has *posts*:
 *
 *   draft ──write──▶ in-review ──approve──▶ approved ──publish──▶ published ──▶ corrected by a later one
 *     │                │  ▲ ◀──any edit───────┘
 *     │                │  └─ask for changes─┐
 *     └────discard─────┴──────────────▶ discarded
 *
 * An approval is bound to the hash of what was read. What is published is never taken back in silence.
 */
export interface Story {
  /** The number of the incident that it is about; else a name of its own, `c7`. */
  id: string
  publicId: string
  kind: StoryKind
  about: About | null
  /** Who plans it; null for an incident's. */
  owner: string | null
  posts: readonly Post[]
  /** When clients are to hear the next word; null while nothing is promised. */
  dueAt: Instant | null
  overdueCount: number
  /** Who was called because it was overdue to the last; null when nobody was. */
  called: string | null
  /** How often somebody was asked whether the end of the work holds. */
  askedCount: number
  /** Silences that keep alerts of its components quiet while the work goes on. */
  holds: readonly string[]
}

export interface Post {
  number: number
  moment: string
  /** Where clients believe the story to be once this is published. */
  phase: Phase
  state: PostState
  facts: PublicFacts
  hash: string
  /** Null while it is the draft that Tocsin began. */
  author: string | null
  authoredAt: Instant
  remark: string
  approvedBy: string | null
  /** Nobody else has read it. */
  isSolo: boolean
  publishedAt: Instant | null
  /** What was sent, by locale. Empty until then. */
  words: Words
  corrects: number | null
  correctedBy: number | null
  /** Clients who would get it by e-mail, as many as there were when it was written. */
  reach: number
  /** Of what was sent, how much was given up. */
  undelivered: number
  /** Whose mail may or may not have arrived: subscribers' ids and audiences' names. */
  inDoubt: readonly string[]
  /** Who is written to once more, and the how manieth time that is: `1 name`. */
  again: readonly string[]
}

export type PostState = 'draft' | 'in-review' | 'approved' | 'published' | 'discarded'
export type Words = Readonly<Partial<Record<Locale, Rendered>>>

export interface Written {
  moment: string
  facts: PublicFacts
  corrects?: number
}

export type Command =
  | { type: 'comms.follow'; about: About; publicId?: string }
  | ({ type: 'comms.begin'; kind: Exclude<StoryKind, 'incident'>; publicId?: string; reach?: number } & Written)
  /** `basedOn`: the hash that the writer had before them; null when they began anew. */
  | ({ type: 'comms.write'; basedOn: string | null; reach?: number } & Written)
  /** `mayDisclose`: whether this person may speak of private and security incidents. */
  | { type: 'comms.approve'; post: number; hash: string; mayDisclose: boolean; thenPublish: boolean }
  | { type: 'comms.publish'; post: number }
  | { type: 'comms.askForChanges'; post: number; remark: string }
  | { type: 'comms.discard'; post: number }
  | { type: 'comms.remind' }
  /** The work of a maintenance goes on as planned: its moment has come. */
  | { type: 'comms.startWork' }
  | { type: 'comms.remindOfWork' }
  | { type: 'comms.askAboutEnd' }
  | { type: 'comms.noteHold'; silence: string }
  | { type: 'comms.noteUndelivered'; post: number; receiver: string; code: string }
  /** Writes once more to those of whom nobody knows whether they have it. */
  | { type: 'comms.sendAgain'; post: number }
  /** The quiet hours of somebody who follows are over. */
  | { type: 'comms.tellFollower'; person: string }
  /** What a person says of it in one click. `to`: the new end. */
  | {
      type: 'comms.say'
      moment: 'maintenance-extended' | 'maintenance-completed' | 'maintenance-cancelled'
      to?: Instant
    }

/** Whose timeline it belongs to; null for what is about no incident. */
interface OfIncident {
  incident: string | null
}

export interface Signed {
  by: string | null
  at: Instant
}

export type Event =
  | { type: 'comms.followed'; id: string; publicId: string; about: About; dueAt: Instant | null; incident: string }
  | ({ type: 'comms.begun'; id: string; publicId: string; kind: Exclude<StoryKind, 'incident'> } & Signed)
  /** Tocsin has made room for the first message. Nothing in it is from a person yet. */
  | { type: 'comms.drafted'; post: number; moment: string; facts: PublicFacts; hash: string; at: Instant }
  /** The door: which words a person meant for clients, and who that was. */
  | ({ type: 'comms.declassified'; post: number; facts: PublicFacts } & Signed)
  | ({
      type: 'comms.written'
      post: number
      moment: string
      facts: PublicFacts
      hash: string
      corrects: number | null
      reach: number
    } & OfIncident &
      Signed)
  | ({ type: 'comms.changesAsked'; post: number; remark: string } & Signed)
  | ({ type: 'comms.discarded'; post: number } & OfIncident & Signed)
  | ({ type: 'comms.approved'; post: number; hash: string; isSolo: boolean } & OfIncident & Signed)
  | ({
      type: 'comms.published'
      post: number
      title: string
      phase: Phase
      words: Words
      dueAt: Instant | null
    } & OfIncident &
      Signed)
  | ({ type: 'comms.corrected'; post: number; with: number } & Signed)
  /** `called`: whoever is woken for it. An earlier release woke nobody. */
  | ({ type: 'comms.overdue'; time: number; dueAt: Instant; called?: string | null; at: Instant } & OfIncident)
  | { type: 'comms.endAsked'; time: number; at: Instant }
  | { type: 'comms.holdBegun'; silence: string }
  | { type: 'comms.holdsEnded'; silences: readonly string[] }
  /** `receiver`: a subscriber's id or an audience's name, never an address. */
  | { type: 'comms.undelivered'; post: number; receiver: string; code: string }
  /** The bot died, or the line broke, just as this receiver's mail was handed over. */
  | { type: 'comms.leftInDoubt'; post: number; receiver: string }
  | ({ type: 'comms.sentAgain'; post: number; receivers: readonly string[]; time: number } & Signed)
  | { type: 'comms.followerTold'; person: string; post: number }

export type Refused =
  | 'no-such-story'
  | 'no-such-post'
  | 'no-such-moment'
  | 'already-told'
  | 'needs-permission'
  | 'not-real'
  | 'already-published'
  | 'discarded'
  | 'nothing-written'
  | 'changed-since'
  | 'own-words'
  | 'not-approved'
  | 'lint-blocks'
  | 'nothing-to-correct'
  | 'impact-unknown'
  | 'window-backwards'
  | 'not-under-way'
  | 'waits-for-review'
  | 'none-in-doubt'

export interface Policy {
  /** By severity; `maintenance` and `notice` by their name. */
  needsSecondPerson(what: string): boolean
  /** The group of those who may speak of private incidents, security and lost data. */
  disclosers: string
  /** A team of one: its messages are marked. */
  isSolo: boolean
  /** Milliseconds after the declaration at which clients are to have heard; null asks for nothing. */
  firstDueAfter(severity: string): number | null
  /** Severities at which a person must have said whether clients are concerned. */
  needsImpact(severity: string): boolean
  renderAll(moment: string, facts: PublicFacts): Words
  lint(moment: string, words: Words, facts: PublicFacts): readonly LintFinding[]
  /** Milliseconds after it was due at which it is asked for; then no more. */
  remindAfter: readonly number[]
  /** Severities at which somebody is called when it was asked for the last time. */
  callsWhenOverdue(severity: string): boolean
  /** Milliseconds before the work at which clients are reminded of it. */
  remindOfWorkBefore: readonly number[]
  /** Milliseconds before and after the end of the work at which somebody is asked whether it holds. */
  askAboutEndAt: readonly number[]
}

export function signed({ actor, now }: Pick<Given<Policy>, 'actor' | 'now'>): Signed {
  return { by: actor.kind === 'person' ? actor.id : null, at: now.toISOString() }
}

/** Whose timeline it belongs to. */
export function incidentOf({ id, about }: Pick<Story, 'id' | 'about'>): string | null {
  return about === null ? null : id
}

/** Who owes clients the next word: whoever speaks for the incident, else whoever leads it; of planned work, who plans it. */
export function responsible({ about, owner }: Pick<Story, 'about' | 'owner'>): string | null {
  return about === null ? owner : (about.communications ?? about.lead)
}

/** Over the words and the template: whoever approves approves exactly these. */
export function hashOf(moment: string, facts: PublicFacts): string {
  return fingerprint({ moment, facts }).slice(0, 16)
}

/** The one that is being written or read; there is one at a time. */
export function openPost({ posts }: Pick<Story, 'posts'>): Post | null {
  return posts.findLast(({ state }) => state === 'draft' || state === 'in-review' || state === 'approved') ?? null
}

export function publishedPosts({ posts }: Pick<Story, 'posts'>): Post[] {
  return posts.filter(({ state }) => state === 'published')
}

export function lastPublished(story: Pick<Story, 'posts'>): Post | null {
  return publishedPosts(story).at(-1) ?? null
}

/** Clients were told of it, and not yet that it is over. */
export function isPublicAndOpen(story: Pick<Story, 'posts'>): boolean {
  const last = lastPublished(story)
  return last !== null && standing(last.phase) === 'going-on'
}

/** A notice leaves clients where they were. */
export function phaseAfter(story: Pick<Story, 'posts'>, moment: string): Phase {
  const phase = momentOf(moment)?.phase ?? 'notice'
  return phase === 'notice' ? (lastPublished(story)?.phase ?? phase) : phase
}

export function isOver({ about }: Pick<Story, 'about'>): boolean {
  return about !== null && isIncidentOver(about)
}

/** Which rules hold for it: the severity's, or those of its kind. */
export function rank({ about, kind }: Pick<Story, 'about' | 'kind'>): string {
  return about?.severity ?? kind
}

export function isDelicate(story: Pick<Story, 'about'>, moment: string): boolean {
  return story.about?.isPrivate === true || momentOf(moment)?.isDelicate === true
}
