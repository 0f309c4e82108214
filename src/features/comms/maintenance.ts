/**
 * Planned work: what is said by its own time, and what a person says in one click.
 *
 *   scheduled ──its start comes──▶ in progress ⇄ extended ──▶ completed        called off, from scheduled
 *
 * Its beginning needs no second approval: the announcement said when it would be. Its end is never said by itself.
 */
import type { Decision, Given } from '../../core/decision.ts'
import { standing } from './moments.ts'
import { publish } from './publishing.ts'
import {
  type Command,
  type Event,
  hashOf,
  incidentOf,
  lastPublished,
  openPost,
  type Policy,
  type Post,
  type Refused,
  type Story,
  signed,
} from './story.ts'

export function startWork(story: Story, given: Given<Policy>): Event[] {
  const last = lastPublished(story)
  // Called off, moved or begun by hand in the meantime: saying nothing is then the right answer.
  if (last?.phase !== 'scheduled' || !last.facts.window) return []
  if (given.now.getTime() < Date.parse(last.facts.window.from)) return []
  return saidAtOnce(story, { moment: 'maintenance-started', from: last }, given)
}

/** Before it begins, and only where the last word was said before that moment. */
export function remindOfWork(story: Story, given: Given<Policy>): Event[] {
  const last = lastPublished(story)
  if (last?.phase !== 'scheduled' || !last.facts.window || openPost(story) !== null) return []
  const from = Date.parse(last.facts.window.from)
  const now = given.now.getTime()
  const said = Date.parse(last.publishedAt ?? '')
  const isDue = given.policy.remindOfWorkBefore.some((before) => from - before <= now && from - before > said)
  return isDue && now < from ? saidAtOnce(story, { moment: 'maintenance-reminder', from: last }, given) : []
}

export function askAboutEnd(story: Story, { now, policy }: Given<Policy>): Event[] {
  const last = lastPublished(story)
  if (last?.phase !== 'in_progress' || !last.facts.window) return []
  const sinceEnd = now.getTime() - Date.parse(last.facts.window.to)
  const time = policy.askAboutEndAt.filter((at) => at <= sinceEnd).length
  return time <= story.askedCount ? [] : [{ type: 'comms.endAsked', time, at: now.toISOString() }]
}

export function say(
  story: Story,
  { moment, to }: Extract<Command, { type: 'comms.say' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const last = lastPublished(story)
  if (story.kind !== 'maintenance' || last === null || standing(last.phase) !== 'going-on')
    return { refused: 'not-under-way' }
  const open = openPost(story)
  if (open) return { refused: 'waits-for-review', details: { post: `${story.id}.${open.number}` } }
  const { window } = last.facts
  if (to !== undefined && window && to <= window.from) return { refused: 'window-backwards' }
  const moved: Post =
    to === undefined || !window ? last : { ...last, facts: { ...last.facts, window: { from: window.from, to } } }
  const isReadFirst = given.policy.needsSecondPerson('maintenance') && !given.policy.isSolo
  return isReadFirst
    ? written(story, { moment, from: moved }, given)
    : saidAtOnce(story, { moment, from: moved }, given)
}

interface Said {
  moment: string
  /** Whose facts it repeats: a person meant them for clients then. */
  from: Post
}

function saidAtOnce(story: Story, said: Said, given: Given<Policy>): Event[] {
  const events = written(story, said, given)
  const number = story.posts.length + 1
  const { moment, from } = said
  const hash = hashOf(moment, from.facts)
  const post: Post = { ...from, number, moment, hash, corrects: null }
  return [
    ...events,
    { type: 'comms.approved', incident: incidentOf(story), post: number, hash, isSolo: true, ...signed(given) },
    ...publish(story, post, given),
  ]
}

function written(story: Story, { moment, from }: Said, given: Given<Policy>): Event[] {
  const { facts, reach } = from
  const hash = hashOf(moment, facts)
  const post = story.posts.length + 1
  return [
    {
      type: 'comms.written',
      incident: incidentOf(story),
      post,
      moment,
      facts,
      hash,
      corrects: null,
      reach,
      ...signed(given),
    },
  ]
}
