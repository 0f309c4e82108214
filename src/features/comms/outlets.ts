/**
 * Where a published message goes. Channels, addresses and machines of tocsin.yml are few and stand here, in the
 * transaction that publishes; clients who subscribed may be thousands, and a worker of their own goes through them.
 */
import type { Callback, Effect } from '../../core/effects.ts'
import type { Event, Post, Story } from './domain.ts'
import { publishedPosts } from './domain.ts'
import { mailOf, slackMessage, webhookBody } from './media.ts'
import { standsAlone } from './moments.ts'
import type { Rules } from './rules.ts'

export const mailingWorker = 'comms'

export function publishEverywhere(story: Story, post: Post, rules: Rules): Effect[] {
  return [...inSlack(story, post, rules), ...byMail(story, post, rules), ...toMachines(story, post, rules), mailOut]
}

/** Addresses of ours at once, by the same Message-ID; those who subscribed by the worker who knows where they are. */
export function mailAgain(
  story: Story,
  { post: number, receivers }: Extract<Event, { type: 'comms.sentAgain' }>,
  rules: Rules,
): Effect[] {
  const post = story.posts.find((candidate) => candidate.number === number)
  const audiences = rules.audiences.filter(({ name }) => receivers.includes(name))
  return post ? [...byMail(story, post, { ...rules, audiences }), mailOut] : []
}

const mailOut: Effect = { kind: 'run', worker: mailingWorker }

/** As in a channel, to one person alone. */
export function tellFollower(story: Story, post: Post, person: string, { locales }: Rules): Effect[] {
  const [locale] = locales
  const words = locale && post.words[locale]
  if (!words) return []
  const name = `comms/${story.id}/follower-${person}-${placeOf(story, post)}` as const
  return [{ kind: 'slack.show', name, to: `@${person}`, message: slackMessage(words, { kind: 'internal' }, story) }]
}

/**
 * One message of a story in each channel, edited in place; a new one only when the phase is another, or for news of its
 * own. Where a correction is posted, what it corrects stays readable above it and points to it.
 */
function inSlack(story: Story, post: Post, rules: Rules): Effect[] {
  const corrected = standingCorrected(story, post)
  return [...(corrected === null ? [] : shown(story, corrected, rules)), ...shown(story, post, rules)]
}

function shown(story: Story, post: Post, { audiences, templates }: Rules): Effect[] {
  const place = placeOf(story, post)
  return audiences.flatMap((audience) => {
    const words = post.words[audience.locale]
    if (!words) return []
    const { correctedBy } = post
    const remark = correctedBy === null ? '' : templates.render(`comms/${audience.locale}/corrected`, 'text', {})
    return audience.slack.map((channel) => ({
      kind: 'slack.show' as const,
      name: `comms/${story.id}/${audience.name}-${channel.slice(1)}-${place}` as const,
      to: channel,
      message: slackMessage(words, audience, story, remark),
    }))
  })
}

/** What this message corrects, unless another has taken its place in the channels since. */
function standingCorrected(story: Story, { corrects, number }: Post): Post | null {
  const wrong = publishedPosts(story).find((post) => post.number === corrects)
  if (!wrong) return null
  const place = placeOf(story, wrong)
  const stands = publishedPosts(story).findLast((post) => post.number !== number && placeOf(story, post) === place)
  return stands?.number === wrong.number ? { ...wrong, correctedBy: number } : null
}

/** Which message in a channel is this one's: the one of its phase, counted by how often that has changed, or its own. */
function placeOf(story: Story, { number, moment }: Pick<Post, 'number' | 'moment'>): string {
  if (standsAlone(moment)) return `said-${number}`
  const phases = publishedPosts(story)
    .filter((post) => post.number <= number && !standsAlone(post.moment))
    .map(({ phase }) => phase)
  return String(phases.filter((phase, index) => phase !== phases[index - 1]).length)
}

function byMail(story: Story, post: Post, { audiences, templates, mailInDoubt }: Rules): Effect[] {
  return audiences.flatMap(({ name, kind, locale, mail }) => {
    const words = post.words[locale]
    if (!words) return []
    const letter = {
      ...{ locale, receiver: name, mailInDoubt, isBrief: kind === 'executive' },
      ...{ thread: story.publicId, number: post.number },
    }
    return [...new Set(mail)].map((to) => ({
      ...mailOf(words, { ...letter, to }, templates),
      whenGivenUp: undeliveredTo(story, post, name),
    }))
  })
}

function toMachines(story: Story, post: Post, { webhooks, componentName }: Rules): Effect[] {
  return webhooks.flatMap(({ name, url, secretVariable, locale }) => {
    const words = post.words[locale]
    if (!words) return []
    const body = webhookBody(story, post, words, componentName)
    const whenGivenUp = undeliveredTo(story, post, name)
    return [{ kind: 'webhook.send' as const, url, secretVariable, body, whenGivenUp }]
  })
}

/** It is counted, and shown where the message was reviewed. */
export function undeliveredTo({ id }: Story, { number }: Post, receiver: string): Callback {
  return { feature: 'comms', id, command: { type: 'comms.noteUndelivered', post: number, receiver } }
}
