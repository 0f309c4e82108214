/** From the words to what each medium carries, byte for byte: what a reviewer reads is made here too. */
import type { MailEffect, Message } from '../../core/effects.ts'
import type { Templates } from '../../core/templates.ts'
import { actions, context, section } from '../../lib/blocks.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { channelLink, escapeText } from '../../lib/mrkdwn.ts'
import { key } from '../incidents/index.ts'
import { subscribeButton } from './buttons.ts'
import type { Post, Story } from './domain.ts'
import type { Locale } from './locale.ts'
import type { Public } from './public.ts'
import type { Rendered } from './rendering.ts'
import type { Audience, MailInDoubt } from './rules.ts'

/** For Slack: no mention, no link, no formatting can come of it. */
export function forSlack(text: Public): string {
  return escapeText(text).replace(/[*_~`]/g, '\u2060$&\u2060')
}

export function forHtml(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
  return escaped
    .split('\n')
    .map((line) => `<p>${line}</p>`)
    .join('\n')
}

/** `remark`: what was learned of these words since; empty for nothing. */
export function slackMessage(
  words: Rendered,
  { kind }: Pick<Audience, 'kind'>,
  story: Story,
  remark: string = '',
): Message {
  const remarks = remark === '' ? [] : [context([escapeText(remark)])]
  if (kind === 'executive') return { text: forSlack(words.brief), blocks: [section(forSlack(words.brief)), ...remarks] }
  const blocks = [section(`*${forSlack(words.subject)}*\n${forSlack(words.text)}`), ...remarks]
  // Of a private incident even those who work here read no more than clients do.
  if (kind === 'client' || story.about === null || story.about.isPrivate)
    return { text: forSlack(words.subject), blocks }
  const { channelId } = story.about
  const place = channelId === null ? '' : ` · ${channelLink(channelId)}`
  const ours = [
    context([`What clients read · ${key(story)}${place}`]),
    actions([subscribeButton.draw('Subscribe', {})]),
  ]
  return { text: forSlack(words.subject), blocks: [...blocks, ...ours] }
}

interface Letter {
  to: string
  locale: Locale
  /** Of the story: all its mails are one conversation. */
  thread: string
  /** Of the message in it. */
  number: number
  /** Whom the story knows it by: a subscriber's id or an audience's name. */
  receiver: string
  mailInDoubt: MailInDoubt
  isBrief?: boolean
  /** For somebody who subscribed: where the page is, and where one click ends it. */
  subscription?: { statusUrl: string; unsubscribeUrl: string }
}

export function mailOf(
  words: Rendered,
  { to, locale, thread, number, receiver, mailInDoubt, isBrief, subscription }: Letter,
  templates: Templates,
): MailEffect {
  const body: string = isBrief ? words.brief : words.text
  const footer = subscription ? templates.render(`comms/${locale}/mail-footer`, 'text', subscription) : ''
  const text = footer === '' ? body : `${body}\n\n-- \n${footer}`
  const html = [
    `<!doctype html><html lang="${locale}"><meta charset="utf-8"><title>${forHtmlInline(words.subject)}</title>`,
    `<body style="font-family:system-ui,sans-serif;max-width:36em"><h1 style="font-size:1.2em">${forHtmlInline(words.subject)}</h1>`,
    forHtml(body),
    footer === '' ? '' : `<hr><div style="font-size:.85em">${forHtml(footer)}</div>`,
    '</body></html>',
  ]
  return {
    kind: 'mail.send',
    to: [to],
    subject: words.subject,
    text,
    html: html.filter((part) => part !== '').join('\n'),
    thread,
    // Whoever gets it once more gets the same mail, and mail programs show one.
    key: `${thread}-${number}-${fingerprint([receiver, to]).slice(0, 16)}`,
    ...(mailInDoubt === 'ask' ? { inDoubt: 'leave' as const } : {}),
    ...(subscription ? { unsubscribe: subscription.unsubscribeUrl } : {}),
  }
}

function forHtmlInline(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}

/** For machines of others. Fields are only ever added. */
export function webhookBody(story: Story, post: Post, words: Rendered, componentName: (key: string) => string) {
  const { facts, number, phase, publishedAt, corrects } = post
  return {
    version: 1,
    id: `${story.publicId}-${number}`,
    story: story.publicId,
    kind: story.kind,
    phase,
    level: facts.level,
    title: facts.name,
    subject: words.subject,
    text: words.text,
    components: facts.components.map((component) => ({ key: component, name: componentName(component) })),
    publishedAt,
    nextUpdateBy: facts.nextUpdateBy,
    startsAt: facts.window?.from ?? null,
    endsAt: facts.window?.to ?? null,
    corrects: corrects === null ? null : `${story.publicId}-${corrects}`,
  }
}
