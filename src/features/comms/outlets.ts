/**
 * Where a published message goes. Channels, addresses and machines of tocsin.yml are few and stand here, in the
 * transaction that publishes; clients who subscribed may be thousands, and a worker of their own goes through them.
 */
import type { Callback, Effect } from '../../core/effects.ts'
import type { Post, Story } from './domain.ts'
import { publishedPosts } from './domain.ts'
import { mailOf, slackMessage, webhookBody } from './media.ts'
import type { Rules } from './rules.ts'

export const mailingWorker = 'comms'

export function publishEverywhere(story: Story, post: Post, rules: Rules): Effect[] {
  return [...inSlack(story, post, rules), ...byMail(story, post, rules), ...toMachines(story, post, rules), mailOut]
}

const mailOut: Effect = { kind: 'run', worker: mailingWorker }

/** As in a channel, to one person alone. */
export function tellFollower(story: Story, post: Post, person: string, { locales }: Rules): Effect[] {
  const [locale] = locales
  const words = locale && post.words[locale]
  if (!words) return []
  const name = `comms/${story.id}/follower-${person}-${roundOf(story, post)}` as const
  return [{ kind: 'slack.show', name, to: `@${person}`, message: slackMessage(words, { kind: 'internal' }, story) }]
}

/** One message of a story in each channel, edited in place; a new one only when the phase is another. */
function inSlack(story: Story, post: Post, { audiences }: Rules): Effect[] {
  const round = roundOf(story, post)
  return audiences.flatMap((audience) => {
    const words = post.words[audience.locale]
    if (!words) return []
    return audience.slack.map((channel) => ({
      kind: 'slack.show' as const,
      name: `comms/${story.id}/${audience.name}-${channel.slice(1)}-${round}` as const,
      to: channel,
      message: slackMessage(words, audience, story),
    }))
  })
}

/** How often the phase has changed up to this post. */
export function roundOf(story: Story, { number }: Pick<Post, 'number'>): number {
  const phases = publishedPosts(story)
    .filter((post) => post.number <= number)
    .map(({ phase }) => phase)
  return phases.filter((phase, index) => phase !== phases[index - 1]).length
}

function byMail(story: Story, post: Post, { audiences, templates }: Rules): Effect[] {
  return audiences.flatMap(({ name, kind, locale, mail }) => {
    const words = post.words[locale]
    if (!words) return []
    const letter = { locale, thread: story.publicId, isBrief: kind === 'executive' }
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
