/** What is allowed: each command with the events that come of it, or the refusal. */
import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type About, isOver as isIncidentOver } from '../incidents/index.ts'
import { askAboutEnd, remindOfWork, say, startWork } from './maintenance.ts'
import { likelyMoment, momentOf, standing } from './moments.ts'
import { noFacts } from './public.ts'
import { publish } from './publishing.ts'
import {
  type Command,
  type Event,
  hashOf,
  incidentOf,
  isDelicate,
  isOver,
  isPublicAndOpen,
  lastPublished,
  openPost,
  type Policy,
  type Post,
  publishedPosts,
  type Refused,
  rank,
  responsible,
  type Story,
  signed,
  type Written,
} from './story.ts'

export { evolve } from './evolve.ts'
export * from './story.ts'

export function decide(story: Story | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'comms.follow') return follow(story, command, given)
  if (command.type === 'comms.begin') return story ? { refused: 'already-told' } : begin(command, given)
  if (!story) return { refused: 'no-such-story' }

  switch (command.type) {
    case 'comms.write':
      return write(story, command, given)
    case 'comms.approve':
      return approve(story, command, given)
    case 'comms.publish':
      return publishApproved(story, command.post, given)
    case 'comms.askForChanges':
    case 'comms.discard':
      return setAside(story, command, given)
    case 'comms.remind':
      return remind(story, given)
    case 'comms.startWork':
      return startWork(story, given)
    case 'comms.remindOfWork':
      return remindOfWork(story, given)
    case 'comms.askAboutEnd':
      return askAboutEnd(story, given)
    case 'comms.noteHold':
      return story.holds.includes(command.silence) ? [] : [{ type: 'comms.holdBegun', silence: command.silence }]
    case 'comms.noteUndelivered': {
      const { post, receiver, code } = command
      if (code === 'in_doubt') return [{ type: 'comms.leftInDoubt', post, receiver }]
      return [{ type: 'comms.undelivered', post, receiver, code }]
    }
    case 'comms.sendAgain':
      return sendAgain(story, command.post, given)
    case 'comms.tellFollower': {
      const last = lastPublished(story)
      return last === null ? [] : [{ type: 'comms.followerTold', person: command.person, post: last.number }]
    }
    case 'comms.say':
      return say(story, command, given)
    default:
      return unreachable(command)
  }
}

/** Two who press at once write to nobody twice: the second finds nobody in doubt. */
function sendAgain(story: Story, number: number, given: Given<Policy>): Decision<Event, Refused> {
  const post = story.posts.find((candidate) => candidate.number === number)
  if (!post) return { refused: 'no-such-post', details: { post: `${story.id}.${number}` } }
  if (post.inDoubt.length === 0) return { refused: 'none-in-doubt', details: { post: `${story.id}.${number}` } }
  const time = 1 + Math.max(0, ...post.again.map((name) => Number.parseInt(name, 10)))
  return [{ type: 'comms.sentAgain', post: number, receivers: post.inDoubt, time, ...signed(given) }]
}

function follow(
  story: Story | null,
  { about, publicId }: Extract<Command, { type: 'comms.follow' }>,
  { id, now, policy }: Given<Policy>,
): Event[] {
  if (story && canonical(story.about) === canonical(about)) return []
  const dueAt = dueFor(story, about, { now, policy })
  const followed: Event = {
    type: 'comms.followed',
    id,
    incident: id,
    publicId: story?.publicId ?? publicId ?? '',
    about,
    dueAt,
  }
  const isFirstWord = dueAt !== null && (story?.posts ?? []).length === 0
  if (!isFirstWord) return [followed]
  const moment = likelyMoment([], about.status)
  const facts = noFacts(about.declaredAt)
  const at = now.toISOString()
  return [followed, { type: 'comms.drafted', post: 1, moment, facts, hash: hashOf(moment, facts), at }]
}

/** A first word is due by the severity; later ones are due when it was promised. What nobody was told of needs no last word. */
function dueFor(
  story: Story | null,
  about: About,
  { now, policy }: Pick<Given<Policy>, 'now' | 'policy'>,
): Instant | null {
  if (story && publishedPosts(story).length > 0) return isPublicAndOpen(story) ? story.dueAt : null
  const wait =
    about.isReal && !about.isPrivate && about.status !== 'triage' ? policy.firstDueAfter(about.severity) : null
  if (wait === null || isIncidentOver(about)) return null
  const due = new Date(now.getTime() + wait).toISOString()
  return story?.dueAt && story.dueAt < due ? story.dueAt : due
}

function begin(command: Extract<Command, { type: 'comms.begin' }>, given: Given<Policy>): Decision<Event, Refused> {
  const { kind, publicId = '', reach = 0, ...written } = command
  const wrong = misfit(written)
  if (wrong) return wrong
  return [
    { type: 'comms.begun', id: given.id, publicId, kind, ...signed(given) },
    ...writtenAs(1, written, { incident: null, corrects: null, reach }, given),
  ]
}

function write(
  story: Story,
  { basedOn, reach = 0, ...written }: Extract<Command, { type: 'comms.write' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (story.about?.isReal === false) return { refused: 'not-real' }
  const wrong = misfit(written)
  if (wrong) return wrong
  const open = openPost(story)
  // Two people wrote at once. The later one reads what the earlier one made of it first.
  if (open && open.state !== 'draft' && open.hash !== basedOn)
    return { refused: 'changed-since', details: { post: `${story.id}.${open.number}` } }
  const target = written.moment === 'correction' ? (written.corrects ?? lastPublished(story)?.number ?? null) : null
  if (written.moment === 'correction' && !publishedPosts(story).some(({ number }) => number === target))
    return { refused: 'nothing-to-correct' }
  const hash = hashOf(written.moment, written.facts)
  if (open && open.state !== 'draft' && open.hash === hash && open.remark === '') return []
  const number = open?.number ?? story.posts.length + 1
  return writtenAs(number, written, { incident: incidentOf(story), corrects: target, reach }, given)
}

function misfit({ moment, facts }: Written) {
  if (!momentOf(moment)) return { refused: 'no-such-moment', details: { moment } } as const
  const { window } = facts
  if (window && window.to <= window.from) return { refused: 'window-backwards' } as const
  return null
}

function writtenAs(
  post: number,
  { moment, facts }: Written,
  { incident, corrects, reach }: { incident: string | null; corrects: number | null; reach: number },
  given: Given<Policy>,
): Event[] {
  const by = signed(given)
  const hash = hashOf(moment, facts)
  return [
    { type: 'comms.declassified', post, facts, ...by },
    { type: 'comms.written', incident, post, moment, facts, hash, corrects, reach, ...by },
  ]
}

function approve(
  story: Story,
  { post: number, hash, mayDisclose, thenPublish }: Extract<Command, { type: 'comms.approve' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { policy, actor } = given
  const post = readable(story, number)
  if ('refused' in post) return post
  const key = `${story.id}.${number}`
  // What was read is what goes out, or nothing does.
  if (post.hash !== hash) return { refused: 'changed-since', details: { post: key } }
  if (isDelicate(story, post.moment) && !mayDisclose)
    return { refused: 'needs-permission', details: { group: policy.disclosers } }
  const isOwn = actor.kind !== 'person' || post.author === actor.id
  const mustDiffer = policy.needsSecondPerson(rank(story)) || isDelicate(story, post.moment)
  if (isOwn && mustDiffer && !policy.isSolo) return { refused: 'own-words', details: { post: key } }
  if (story.about && policy.needsImpact(story.about.severity) && post.facts.impact === null)
    return { refused: 'impact-unknown' }
  const findings = policy.lint(post.moment, policy.renderAll(post.moment, post.facts), post.facts)
  const blocking = findings.find(({ level }) => level === 'block')
  if (blocking) return { refused: 'lint-blocks', details: { why: blocking.sentence } }
  const approved: Event = {
    type: 'comms.approved',
    incident: incidentOf(story),
    post: number,
    hash,
    isSolo: isOwn,
    ...signed(given),
  }
  return thenPublish ? [approved, ...publish(story, post, given)] : [approved]
}

function publishApproved(story: Story, number: number, given: Given<Policy>): Decision<Event, Refused> {
  const post = readable(story, number)
  if ('refused' in post) return post
  if (post.state !== 'approved') return { refused: 'not-approved', details: { post: `${story.id}.${number}` } }
  return publish(story, post, given)
}

function setAside(
  story: Story,
  command: Extract<Command, { type: 'comms.askForChanges' | 'comms.discard' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const post = command.type === 'comms.discard' ? unpublished(story, command.post) : readable(story, command.post)
  if ('refused' in post) return post
  if (command.type === 'comms.discard')
    return [{ type: 'comms.discarded', incident: incidentOf(story), post: post.number, ...signed(given) }]
  return [{ type: 'comms.changesAsked', post: post.number, remark: command.remark, ...signed(given) }]
}

function remind(story: Story, { now, policy }: Given<Policy>): Event[] {
  // The timer may fire just after a message went out, or when it is over. Then nothing is overdue.
  if (story.dueAt === null || (isOver(story) && !isPublicAndOpen(story))) return []
  const late = now.getTime() - Date.parse(story.dueAt)
  // Of several moments that went by while nobody ran, the last one counts.
  const time = policy.remindAfter.filter((after) => after <= late).length
  if (time <= story.overdueCount) return []
  const isLast = time >= policy.remindAfter.length
  const mayCall = isLast && story.about !== null && policy.callsWhenOverdue(story.about.severity)
  const called = mayCall ? responsible(story) : null
  return [
    { type: 'comms.overdue', incident: incidentOf(story), time, dueAt: story.dueAt, called, at: now.toISOString() },
  ]
}

type No = { refused: Refused; details?: Record<string, string | number> }

/** Written by a person, and neither out nor set aside. */
function readable(story: Story, number: number): Post | No {
  const post = unpublished(story, number)
  if ('refused' in post) return post
  return post.state === 'draft' ? { refused: 'nothing-written', details: { post: `${story.id}.${number}` } } : post
}

function unpublished(story: Story, number: number): Post | No {
  const post = story.posts.find((candidate) => candidate.number === number)
  if (!post) return { refused: 'no-such-post', details: { post: `${story.id}.${number}` } }
  if (post.state === 'published') return { refused: 'already-published', details: { post: `${story.id}.${number}` } }
  if (post.state === 'discarded') return { refused: 'discarded', details: { post: `${story.id}.${number}` } }
  return post
}

/** The story has said its last word. */
export function isToldToTheEnd(story: Story): boolean {
  const last = lastPublished(story)
  return last !== null && standing(last.phase) !== 'going-on'
}
