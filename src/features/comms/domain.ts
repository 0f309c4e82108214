import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { isBlocked, type LintFinding } from './lint.ts'
import { momentOf, type Phase } from './moments.ts'
import type { PublicFacts } from './public.ts'
import type { Rendered } from './rendering.ts'

/**
 * A *story* is what clients are told about one incident. It has *posts*:
 *
 *   in review ──approve──▶ published        An edit makes a new hash, and an approval of the old one is void.
 *      │  ◀──edit──┘
 *      ├──ask for changes──▶ in review, with a remark
 *      └──discard──▶ discarded
 *
 * What is published is never taken back in silence: a *correction* is published beside it.
 */
export interface Story {
  /** The number of the incident that it is about. */
  id: string
  /** What the outside knows it by: nothing can be guessed from it. */
  publicId: string
  about: AboutIncident
  posts: readonly Post[]
  /** When the next word to clients is due; null while nothing is promised. */
  dueAt: Instant | null
  overdueCount: number
}

/** What must be known of the incident to decide here. Kept by following its events. */
export interface AboutIncident {
  severity: string
  status: string
  isPrivate: boolean
  isReal: boolean
  /** Where its responders read. */
  lead: string | null
}

export interface Post {
  number: number
  moment: string
  facts: PublicFacts
  hash: string
  state: 'in-review' | 'published' | 'discarded'
  author: string | null
  authoredAt: Instant
  remark: string
  approvedBy: string | null
  isSolo: boolean
  publishedAt: Instant | null
  /** The number of the post that it corrects. */
  corrects: number | null
}

export type Command =
  | { type: 'comms.follow'; about: AboutIncident; publicId?: string }
  | { type: 'comms.draft'; moment: string; facts: PublicFacts; corrects?: number }
  | { type: 'comms.edit'; post: number; moment: string; facts: PublicFacts }
  | { type: 'comms.approve'; post: number; hash: string }
  | { type: 'comms.askForChanges'; post: number; remark: string }
  | { type: 'comms.discard'; post: number }
  | { type: 'comms.remind' }

export type Event =
  | { type: 'comms.followed'; id: string; about: AboutIncident; publicId: string; firstDueAt: Instant | null }
  /** The door: which words a person meant for clients, and who that was. */
  | { type: 'comms.declassified'; post: number; facts: PublicFacts; by: string | null; at: Instant }
  | ({ type: 'comms.drafted'; post: number; moment: string; hash: string; corrects: number | null } & Signed)
  | ({ type: 'comms.edited'; post: number; moment: string; hash: string } & Signed)
  | ({ type: 'comms.changesAsked'; post: number; remark: string } & Signed)
  | ({ type: 'comms.discarded'; post: number } & Signed)
  | ({ type: 'comms.published'; post: number; isSolo: boolean; dueAt: Instant | null } & Signed)
  | { type: 'comms.overdue'; time: number; dueAt: Instant; at: Instant }

interface Signed {
  by: string | null
  at: Instant
}

export type Refused =
  | 'no-such-story'
  | 'no-such-post'
  | 'no-such-moment'
  | 'private-incident'
  | 'not-real'
  | 'one-at-a-time'
  | 'already-published'
  | 'discarded'
  | 'changed-since'
  | 'own-words'
  | 'lint-blocks'
  | 'nothing-to-correct'
  | 'already-over'

export interface Policy {
  needsSecondPerson(severity: string): boolean
  isSolo: boolean
  firstDueAfter(severity: string): number | null
  render(moment: string, facts: PublicFacts): readonly Rendered[]
  lint(moment: string, rendered: readonly Rendered[], facts: PublicFacts): readonly LintFinding[]
  /** Times after which an overdue message is asked for again; then no more. */
  remindEvery: readonly number[]
}

export function decide(story: Story | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'comms.follow') return follow(story, command, given)
  if (!story) return { refused: 'no-such-story' }

  switch (command.type) {
    case 'comms.draft':
      return draft(story, command, given)
    case 'comms.edit':
      return edit(story, command, given)
    case 'comms.approve':
      return approve(story, command, given)
    case 'comms.askForChanges':
    case 'comms.discard':
      return setAside(story, command, given)
    case 'comms.remind':
      return remind(story, given)
    default:
      return unreachable(command)
  }
}

function follow(
  story: Story | null,
  { about, publicId }: Extract<Command, { type: 'comms.follow' }>,
  { id, now, policy }: Given<Policy>,
): Event[] {
  if (story && JSON.stringify(story.about) === JSON.stringify(about)) return []
  const wait = about.isReal && !about.isPrivate ? policy.firstDueAfter(about.severity) : null
  const isFirst = story === null || (story.dueAt === null && story.posts.length === 0)
  const firstDueAt = isFirst && wait !== null && !isOver(about) ? new Date(now.getTime() + wait).toISOString() : null
  return [{ type: 'comms.followed', id, about, publicId: story?.publicId ?? publicId ?? '', firstDueAt }]
}

function draft(
  story: Story,
  { moment, facts, corrects }: Extract<Command, { type: 'comms.draft' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  // A private incident is told to clients by its people, one by one, and never from here.
  if (story.about.isPrivate) return { refused: 'private-incident' }
  if (!story.about.isReal) return { refused: 'not-real' }
  if (!momentOf(moment)) return { refused: 'no-such-moment', details: { moment } }
  const waiting = story.posts.find((post) => post.state === 'in-review')
  if (waiting) return { refused: 'one-at-a-time', details: { post: waiting.number } }
  if (moment === 'correction' && lastPublished(story) === null) return { refused: 'nothing-to-correct' }
  const number = story.posts.length + 1
  const post = { post: number, moment, hash: hashOf(moment, facts) }
  const target = moment === 'correction' ? (corrects ?? lastPublished(story)?.number ?? null) : null
  return [declassified(number, facts, given), { type: 'comms.drafted', ...post, corrects: target, ...signed(given) }]
}

function edit(
  story: Story,
  { post: number, moment, facts }: Extract<Command, { type: 'comms.edit' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const found = inReview(story, number)
  if ('refused' in found) return found
  if (!momentOf(moment)) return { refused: 'no-such-moment', details: { moment } }
  const hash = hashOf(moment, facts)
  if (hash === found.hash) return []
  return [declassified(number, facts, given), { type: 'comms.edited', post: number, moment, hash, ...signed(given) }]
}

function approve(
  story: Story,
  { post: number, hash }: Extract<Command, { type: 'comms.approve' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { policy, actor } = given
  const post = inReview(story, number)
  if ('refused' in post) return post
  if (story.about.isPrivate) return { refused: 'private-incident' }
  // What was read is what goes out, or nothing does.
  if (post.hash !== hash) return { refused: 'changed-since', details: { post: number } }
  const isOwn = actor.kind === 'person' && post.author === actor.id
  const mustDiffer = policy.needsSecondPerson(story.about.severity) || momentOf(post.moment)?.isDelicate === true
  if (isOwn && mustDiffer && !policy.isSolo) return { refused: 'own-words', details: { post: number } }
  const findings = policy.lint(post.moment, policy.render(post.moment, post.facts), post.facts)
  const blocking = findings.find(({ level }) => level === 'block')
  if (isBlocked(findings)) return { refused: 'lint-blocks', details: { why: blocking?.sentence ?? '' } }
  const dueAt = isLast(post) ? null : post.facts.nextUpdateBy
  return [{ type: 'comms.published', post: number, isSolo: isOwn, dueAt, ...signed(given) }]
}

function setAside(
  story: Story,
  command: Extract<Command, { type: 'comms.askForChanges' | 'comms.discard' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const post = inReview(story, command.post)
  if ('refused' in post) return post
  if (command.type === 'comms.discard') return [{ type: 'comms.discarded', post: post.number, ...signed(given) }]
  return [{ type: 'comms.changesAsked', post: post.number, remark: command.remark, ...signed(given) }]
}

function remind(story: Story, { now, policy }: Given<Policy>): Event[] {
  // The timer may fire just after a message went out. Then nothing is overdue.
  if (story.dueAt === null || now.getTime() < Date.parse(story.dueAt)) return []
  if (isOver(story.about) && lastPublished(story) === null) return []
  if (story.overdueCount >= policy.remindEvery.length) return []
  return [{ type: 'comms.overdue', time: story.overdueCount + 1, dueAt: story.dueAt, at: now.toISOString() }]
}

function inReview(
  story: Story,
  number: number,
): Post | { refused: Refused; details?: Record<string, string | number> } {
  const post = story.posts.find((candidate) => candidate.number === number)
  if (!post) return { refused: 'no-such-post', details: { post: number } }
  if (post.state === 'published') return { refused: 'already-published', details: { by: post.approvedBy ?? '' } }
  if (post.state === 'discarded') return { refused: 'discarded' }
  return post
}

function declassified(post: number, facts: PublicFacts, given: Given<Policy>): Event {
  return { type: 'comms.declassified', post, facts, ...signed(given) }
}

function signed({ actor, now }: Given<Policy>): Signed {
  return { by: actor.kind === 'person' ? actor.id : null, at: now.toISOString() }
}

/** Over the words and the template: whoever approves approves exactly these. */
export function hashOf(moment: string, facts: PublicFacts): string {
  return fingerprint({ moment, facts }).slice(0, 16)
}

export function isOver({ status }: AboutIncident): boolean {
  return ['resolved', 'closed', 'canceled', 'merged'].includes(status)
}

export function lastPublished({ posts }: Pick<Story, 'posts'>): Post | null {
  return posts.findLast((post) => post.state === 'published') ?? null
}

/** After it nothing more is promised. */
function isLast({ moment }: Post): boolean {
  const phase = momentOf(moment)?.phase
  return phase === 'resolved' || phase === 'completed' || phase === 'cancelled'
}

/** Clients were told of it, and not yet that it is over. */
export function isPublicAndOpen(story: Story): boolean {
  const phases = story.posts.filter((post) => post.state === 'published').map((post) => phaseOf(post))
  return phases.length > 0 && phases.findLast((phase) => phase !== 'notice') !== 'resolved'
}

export function phaseOf({ moment }: Pick<Post, 'moment'>): Phase {
  return momentOf(moment)?.phase ?? 'notice'
}

export function evolve(story: Story | null, event: Event): Story {
  if (event.type === 'comms.followed') {
    const { id, about, publicId, firstDueAt } = event
    const before = story ?? { id, publicId, posts: [], dueAt: null, overdueCount: 0 }
    // What nobody was told of needs no last word; what they were told of does.
    const dueAt =
      firstDueAt ?? (isOver(about) && before.posts.every((post) => post.state !== 'published') ? null : before.dueAt)
    return { ...before, about, dueAt }
  }
  if (!story) throw new Error(`${event.type} before comms.followed`)

  switch (event.type) {
    case 'comms.declassified':
      return withPost(story, event.post, { facts: event.facts, author: event.by, authoredAt: event.at })
    case 'comms.drafted':
    case 'comms.edited':
      return withPost(story, event.post, {
        moment: event.moment,
        hash: event.hash,
        remark: '',
        ...(event.type === 'comms.drafted' ? { corrects: event.corrects } : {}),
      })
    case 'comms.changesAsked':
      return withPost(story, event.post, { remark: event.remark })
    case 'comms.discarded':
      return withPost(story, event.post, { state: 'discarded' })
    case 'comms.published': {
      const published = {
        state: 'published',
        approvedBy: event.by,
        publishedAt: event.at,
        isSolo: event.isSolo,
      } as const
      return { ...withPost(story, event.post, published), dueAt: event.dueAt, overdueCount: 0 }
    }
    case 'comms.overdue':
      return { ...story, overdueCount: event.time }
    default:
      return unreachable(event)
  }
}

function withPost(story: Story, number: number, change: Partial<Post>): Story {
  const known = story.posts.find((post) => post.number === number)
  if (known) return { ...story, posts: story.posts.map((post) => (post === known ? { ...post, ...change } : post)) }
  const { facts } = change
  if (!facts) throw new Error(`post ${number} was never written`)
  const post: Post = {
    number,
    moment: '',
    facts,
    hash: '',
    state: 'in-review',
    author: null,
    authoredAt: '',
    remark: '',
    approvedBy: null,
    isSolo: false,
    publishedAt: null,
    corrects: null,
    ...change,
  }
  return { ...story, posts: [...story.posts, post] }
}
