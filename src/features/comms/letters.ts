/** What somebody who subscribed is written: one message, or several that came within minutes. */
import type { MailEffect } from '../../core/effects.ts'
import type { Post, Story } from './domain.ts'
import type { Locale } from './locale.ts'
import { mailOf } from './media.ts'
import { undeliveredTo } from './outlets.ts'
import { type Rendered, renderGathered } from './rendering.ts'
import type { Rules } from './rules.ts'
import { type Subscriber, unsubscribeToken } from './subscribers.ts'

export interface Told {
  story: Story
  post: Post
}

export function subscriberMail(subscriber: Subscriber, { story, post, rules }: Told & { rules: Rules }): MailEffect[] {
  const locale = localeOf(subscriber, rules)
  const words = locale && post.words[locale]
  if (!words) return []
  const statusUrl = `${rules.publicUrl}/status/incidents/${story.publicId}`
  return [letter(subscriber, words, { story, post, rules, locale, statusUrl })]
}

/** The oldest first, as they were said. A single one is an ordinary mail. */
export function gatheredMail(subscriber: Subscriber, told: readonly Told[], rules: Rules): MailEffect[] {
  const locale = localeOf(subscriber, rules)
  const last = told.at(-1)
  if (!last || !locale) return []
  if (told.length === 1) return subscriberMail(subscriber, { ...last, rules })
  const messages = told.flatMap(({ post }) => post.words[locale] ?? [])
  const words = renderGathered(messages, locale, rules)
  return [letter(subscriber, words, { ...last, rules, locale, statusUrl: `${rules.publicUrl}/status` })]
}

function letter(
  subscriber: Subscriber,
  words: Rendered,
  { story, post, rules, locale, statusUrl }: Told & { rules: Rules; locale: Locale; statusUrl: string },
): MailEffect {
  const unsubscribeUrl = `${rules.publicUrl}/status/unsubscribe/${unsubscribeToken(subscriber.id, rules.sign)}`
  const mail = mailOf(
    words,
    {
      ...{ to: subscriber.address, receiver: subscriber.id, locale, mailInDoubt: rules.mailInDoubt },
      ...{ thread: story.publicId, number: post.number, subscription: { statusUrl, unsubscribeUrl } },
    },
    rules.templates,
  )
  return { ...mail, whenGivenUp: undeliveredTo(story, post, subscriber.id) }
}

function localeOf({ locale }: Subscriber, { locales }: Rules): Locale | undefined {
  return locales.find((known) => known === locale) ?? locales[0]
}
