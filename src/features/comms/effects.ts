/** What the world hears of a story. Read this file to know who is told what, and when. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { newSubject } from '../../core/perform.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { key, placeFor, putOnCard, sayAbout } from '../incidents/index.ts'
import { pagePerson, resolvePage } from '../oncall/index.ts'
import { type Event, lastPublished, type Post, publishedPosts, responsible, type Story } from './domain.ts'
import { mailAgain, publishEverywhere, tellFollower } from './outlets.ts'
import type { Rules } from './rules.ts'
import { cardFacts, changesMessage, dueMessage, endMessage, reviewMessage } from './views.ts'

export function effects(story: Story, event: Event, { policy, now }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'comms.followed':
      return [...onCard(story, now), ...remindLater(story, policy), ...(story.dueAt === null ? letSleep(story) : [])]
    case 'comms.begun':
    case 'comms.declassified':
    case 'comms.holdBegun':
    case 'comms.corrected':
      return []
    case 'comms.drafted':
      return onCard(story, now)
    case 'comms.written':
    case 'comms.approved':
    case 'comms.discarded':
      return [...showReview(story, event.post, policy), ...onCard(story, now)]
    case 'comms.changesAsked':
      return [...showReview(story, event.post, policy), ...tellAuthor(story, event, policy)]
    case 'comms.published': {
      const post = postOf(story, event.post)
      return [
        ...showReview(story, event.post, policy),
        ...publishEverywhere(story, post, policy),
        ...onCard(story, now),
        ...remindLater(story, policy),
        ...workTimers(story, post, { policy, now }),
        ...holdAlerts(story, post, { policy, now }),
        ...letSleep(story),
      ]
    }
    case 'comms.holdsEnded':
      return event.silences.map((silence) => ({
        kind: 'perform',
        feature: 'silences',
        id: silence,
        command: { type: 'silence.end', silence },
      }))
    case 'comms.leftInDoubt':
      return showReview(story, event.post, policy)
    case 'comms.sentAgain':
      return [...showReview(story, event.post, policy), ...mailAgain(story, event, policy)]
    case 'comms.undelivered':
      return [...showReview(story, event.post, policy), ...noteBounce(event, policy)]
    case 'comms.followerTold':
      return tellFollower(story, postOf(story, event.post), event.person, policy)
    case 'comms.overdue':
      return [...onCard(story, now), ...askForNext(story, event, policy), ...remindLater(story, policy)]
    case 'comms.endAsked':
      return [...askAboutEnd(story, policy, event.time), ...workTimers(story, lastPublished(story), { policy, now })]
    default:
      return unreachable(event)
  }
}

/** The server of their address said that there is nobody: whoever keeps the list of readers is to know. */
function noteBounce({ receiver, code }: Extract<Event, { type: 'comms.undelivered' }>, rules: Rules): Effect[] {
  const isOurs = [...rules.audiences, ...rules.webhooks].some(({ name }) => name === receiver)
  if (isOurs || !code.endsWith('_recipient')) return []
  return [{ kind: 'perform', feature: 'subscribers', id: receiver, command: { type: 'subscriber.noteBounce', code } }]
}

export function postOf(story: Story, number: number): Post {
  const post = story.posts.find((candidate) => candidate.number === number)
  if (!post) throw new Error(`comms/${story.id}: there is no post ${number}`)
  return post
}

/** Where those read who write and approve: the incident's channel, else where messages of no incident are read. */
function showReview(story: Story, number: number, rules: Rules): Effect[] {
  const to = story.about === null ? rules.reviewIn : (placeFor(story.id, story.about, rules.announceIn)?.to ?? null)
  if (to === null) return []
  const message = reviewMessage(story, postOf(story, number), rules)
  return [{ kind: 'slack.show', name: `comms/${story.id}/review-${number}`, to, message }]
}

function tellAuthor(
  story: Story,
  event: Extract<Event, { type: 'comms.changesAsked' }>,
  { templates }: Rules,
): Effect[] {
  const { author } = postOf(story, event.post)
  if (author === null || author === event.by) return []
  const text = templates.render('comms/changes-asked', 'slack', {
    by: event.by === null ? 'Somebody' : new Markup(mention(event.by)),
    post: `${story.id}.${event.post}`,
    remark: event.remark,
  })
  return [{ kind: 'slack.tell', person: author, message: changesMessage(story, text) }]
}

/** Nothing was told, written or promised: the card has nothing to show. */
function onCard(story: Story, now: Date): Effect[] {
  if (story.about === null) return []
  return story.posts.length === 0 && story.dueAt === null ? [] : [putOnCard(story.id, 'comms', cardFacts(story, now))]
}

/** Set, moved or cancelled: whatever fits how it stands now. */
function remindLater({ id, dueAt, overdueCount }: Story, { remindAfter }: Rules): Effect[] {
  const timer = `comms/${id}/due`
  const after = remindAfter[overdueCount]
  if (dueAt === null || after === undefined) return [{ kind: 'timer.cancel', key: timer }]
  const at = new Date(Date.parse(dueAt) + after).toISOString()
  return [{ kind: 'timer.set', key: timer, at, fire: { feature: 'comms', id, command: { type: 'comms.remind' } } }]
}

/**
 * The first word is asked of one person: whoever speaks for the incident, else whoever leads it. Not every incident is one
 * that clients notice, and the card shows it to everybody. When that stays without an answer, and whenever clients were
 * promised more, all who work on it read it, and at the end somebody is called where tocsin.yml says so.
 */
function askForNext(story: Story, event: Extract<Event, { type: 'comms.overdue' }>, rules: Rules): Effect[] {
  const { about } = story
  const isFirst = publishedPosts(story).length === 0
  const isLast = event.time >= rules.remindAfter.length
  const person = responsible(story)
  const { called = null } = event
  const text = rules.templates.render('comms/due', 'slack', {
    isFirst,
    isLast,
    due: event.dueAt,
    story: about === null ? `the message ${story.id}` : key(story),
    who: person === null ? null : new Markup(mention(person)),
    isUnled: about !== null && person === null,
    isCalled: called !== null,
    number: story.id,
  })
  const message = dueMessage(story, text)
  if (about === null) return [{ kind: 'slack.say', to: rules.reviewIn, message }]
  if (isFirst && event.time === 1) return person === null ? [] : [{ kind: 'slack.tell', person, message }]
  return [
    ...sayAbout(story.id, about, { announceIn: rules.announceIn, message }),
    ...(called === null ? [] : [callFor(story, called)]),
  ]
}

function pageAbout({ id }: Story): { feature: string; id: string } {
  return { feature: 'comms', id }
}

function callFor(story: Story, person: string): Effect {
  // What a private incident is called stays in its channel.
  const summary = `${key(story)}: clients wait for a word that was due`
  return pagePerson(person, { about: pageAbout(story), summary, severity: 'error' })
}

/** Clients were told, or need not be: whoever was called for it may sleep. */
function letSleep(story: Story): Effect[] {
  return story.called === null ? [] : [resolvePage(pageAbout(story), story.called)]
}

/** Its beginning, and the question whether its end holds. */
function workTimers(story: Story, post: Post | null, { policy, now }: Pick<Given<Rules>, 'policy' | 'now'>): Effect[] {
  const { askAboutEndAt, remindOfWorkBefore } = policy
  if (story.kind !== 'maintenance' || post === null) return []
  const { window } = post.facts
  const start = `comms/${story.id}/start`
  const end = `comms/${story.id}/end`
  const fire = (type: string) => ({ feature: 'comms', id: story.id, command: { type } })
  const askAt = askAboutEndAt[story.askedCount]
  const begins: Effect =
    window && post.phase === 'scheduled'
      ? { kind: 'timer.set', key: start, at: window.from, fire: fire('comms.startWork') }
      : { kind: 'timer.cancel', key: start }
  const ends: Effect =
    window && post.phase === 'in_progress' && askAt !== undefined
      ? {
          kind: 'timer.set',
          key: end,
          at: new Date(Date.parse(window.to) + askAt).toISOString(),
          fire: fire('comms.askAboutEnd'),
        }
      : { kind: 'timer.cancel', key: end }
  const remind = `comms/${story.id}/remind-of-work`
  const moments = window ? remindOfWorkBefore.map((before) => Date.parse(window.from) - before) : []
  const next = Math.min(...moments.filter((moment) => moment > now.getTime()))
  const reminds: Effect =
    post.phase === 'scheduled' && Number.isFinite(next)
      ? { kind: 'timer.set', key: remind, at: new Date(next).toISOString(), fire: fire('comms.remindOfWork') }
      : { kind: 'timer.cancel', key: remind }
  return [reminds, begins, ends]
}

/** While the work goes on, alerts of the services that it concerns wake nobody; a person may end that with /alert. */
function holdAlerts(story: Story, post: Post, { policy, now }: Pick<Given<Rules>, 'policy' | 'now'>): Effect[] {
  const { window, components, name } = post.facts
  const services = policy.servicesOf(components)
  if (story.kind !== 'maintenance' || post.phase !== 'in_progress' || !window || services.length === 0) return []
  const forMilliseconds = Date.parse(window.to) - now.getTime()
  const command = {
    type: 'silence.create',
    match: [isOneOf(services)],
    forMilliseconds,
    reason: holdReason(story, name),
  }
  return [{ kind: 'perform', feature: 'silences', id: newSubject, command }]
}

function isOneOf(services: readonly string[]) {
  const [first = '', ...others] = services
  if (others.length === 0) return { label: 'service', operator: '=', value: first } as const
  const escaped = services.map((service) => service.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return { label: 'service', operator: '=~', value: escaped.join('|') } as const
}

const holdPattern = /^Planned work (c\d+):/

function holdReason({ id }: Story, name: string): string {
  return `Planned work ${id}: ${name}`
}

/** The story whose work a silence is for, when Tocsin made it. */
export function storyOfHold({ reason, by }: { reason: string; by: string | null }): string | null {
  return by === null ? (holdPattern.exec(reason)?.[1] ?? null) : null
}

function askAboutEnd(story: Story, rules: Rules, time: number): Effect[] {
  const last = lastPublished(story)
  if (!last?.facts.window) return []
  const text = rules.templates.render('comms/end-of-work', 'slack', {
    isLate: time > 1,
    who: story.owner === null ? null : new Markup(mention(story.owner)),
    name: last.facts.name,
    to: last.facts.window.to,
  })
  return [{ kind: 'slack.say', to: rules.reviewIn, message: endMessage(story, text) }]
}
