/** How messages to clients look to those who write and approve them: the review, the card, the lists. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { actions, context, section, sections } from '../../lib/blocks.ts'
import { bold, escapeInline, escapeText, mention, when } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import { type Incident, isOver, key } from '../incidents/index.ts'
import {
  approveButton,
  changesButton,
  completeButton,
  discardButton,
  draftButton,
  extendButton,
  extendLongButton,
  publishButton,
  sendAgainButton,
} from './buttons.ts'
import { changedSentences } from './differences.ts'
import { lastPublished, openPost, type Post, publishedPosts, type Story } from './domain.ts'
import type { Locale } from './locale.ts'
import { forSlack } from './media.ts'
import { momentOf, standing } from './moments.ts'
import type { Rules } from './rules.ts'

export function postKey(story: Pick<Story, 'id'>, { number }: Pick<Post, 'number'>): string {
  return `${story.id}.${number}`
}

/** What whoever approves must see: the words as they go out, where to, what is new, and what is wrong with them. */
export function reviewMessage(story: Story, post: Post, rules: Rules): Message {
  const name = postKey(story, post)
  const title = momentOf(post.moment)?.title ?? post.moment
  const by = post.author === null ? '' : ` · by ${mention(post.author)}`
  const head = `:memo: ${bold(`Message to clients ${name}`)} · ${escapeInline(title)}${by}`
  if (post.state === 'discarded')
    return { text: `Message to clients ${name} was discarded`, blocks: [section(`${head}\nDiscarded.`)] }
  return {
    text: `Message to clients ${name}: ${stateWords(post)}`,
    blocks: [
      section(`${head}\n${stateWords(post)}`),
      ...(post.state === 'published' ? [] : remarks(post, rules)),
      ...renderedBlocks(post, rules),
      context([reachWords(post, rules)]),
      ...differences(story, post, rules),
      ...reviewButtons(story, post),
    ],
  }
}

function stateWords(post: Post): string {
  const { state, approvedBy, isSolo, publishedAt, remark } = post
  const who = approvedBy === null ? '' : ` by ${mention(approvedBy)}`
  // What begins or reminds by its own time says nothing new: its words were read when the work was announced.
  const solo = isSolo ? (approvedBy === null ? ' by itself, as planned' : ' (nobody else has read it)') : ''
  switch (state) {
    case 'draft':
      return 'Nothing is written yet.'
    case 'in-review':
      return remark === ''
        ? 'Waits for somebody who reads and approves it.'
        : `*Changes asked for:* ${escapeText(remark)}`
    case 'approved':
      return `Approved${who}${solo}, and not published yet.`
    case 'published':
      return `Published ${when(publishedAt ?? '')}${who}${solo}${correctedWords(post)}${undeliveredWords(post)}${doubtWords(post)}`
    default:
      return 'Discarded.'
  }
}

function correctedWords({ correctedBy, corrects }: Post): string {
  if (correctedBy !== null) return ` · corrected by message ${correctedBy}`
  return corrects === null ? '' : ` · corrects message ${corrects}`
}

function undeliveredWords({ undelivered }: Post): string {
  return undelivered === 0 ? '' : `\n:warning: ${plural(undelivered, 'delivery was', 'deliveries were')} given up.`
}

function doubtWords({ inDoubt }: Post): string {
  if (inDoubt.length === 0) return ''
  const mails = plural(inDoubt.length, 'e-mail', 'e-mails')
  return `\n:grey_question: ${mails} may or may not have arrived: the connection ended just as they were handed over.`
}

function remarks({ moment, facts }: Post, rules: Rules): Block[] {
  const found = rules.findings(moment, facts)
  const lines = found.map(
    ({ level, sentence }) => `${level === 'block' ? ':no_entry:' : ':warning:'} ${escapeText(sentence)}`,
  )
  return lines.length === 0 ? [] : sections(lines)
}

/** Each medium and language, as it goes out. */
function renderedBlocks(post: Post, rules: Rules): Block[] {
  const words = post.state === 'published' ? post.words : rules.renderAll(post.moment, post.facts)
  return rules.locales.flatMap((locale) => {
    const said = words[locale]
    if (!said) return []
    const hasBrief = rules.audiences.some((audience) => audience.kind === 'executive' && audience.locale === locale)
    const text = `*${languageNames[locale]}: e-mail, status page, Slack*\n${quoted(`${forSlack(said.subject)}\n${forSlack(said.text)}`)}`
    const brief = hasBrief ? [section(`*${languageNames[locale]}: in brief*\n${quoted(forSlack(said.brief))}`)] : []
    return [section(text), ...brief]
  })
}

export const languageNames: Record<Locale, string> = { en: 'English', de: 'Deutsch' }

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `>${line}`)
    .join('\n')
}

export function reachWords({ reach, facts }: Post, rules: Rules): string {
  const channels = [...new Set(rules.audiences.flatMap(({ slack }) => slack))]
  const addresses = new Set(rules.audiences.flatMap(({ mail }) => mail)).size
  const names = facts.components.map(rules.componentName).filter((name) => name !== '')
  return [
    `Goes to ${['the status page', ...channels.map(escapeInline)].join(', ')}`,
    ...(addresses === 0 ? [] : [plural(addresses, 'address of ours', 'addresses of ours')]),
    plural(reach, 'subscriber by e-mail', 'subscribers by e-mail'),
    ...(rules.webhooks.length === 0 ? [] : [plural(rules.webhooks.length, 'webhook', 'webhooks')]),
    names.length === 0 ? 'about no component in particular' : `about ${names.map(escapeInline).join(', ')}`,
  ].join(' · ')
}

function differences(story: Story, post: Post, rules: Rules): Block[] {
  const before = publishedPosts(story).findLast(({ number }) => number < post.number)
  const [locale] = rules.locales
  if (!before || !locale || post.state === 'published') return []
  const now = rules.renderAll(post.moment, post.facts)[locale]
  const then = before.words[locale]
  if (!now || !then) return []
  const { added, removed } = changedSentences(then.text, now.text)
  const lines = [
    ...removed.map((sentence) => `− ~${escapeInline(sentence)}~`),
    ...added.map((sentence) => `+ ${escapeInline(sentence)}`),
  ]
  return lines.length === 0
    ? [context([`The same words as message ${before.number}.`])]
    : sections([`*New since message ${before.number}*`, ...lines])
}

function reviewButtons(story: Story, post: Post): Block[] {
  const value = { story: story.id, post: post.number }
  const rest = [
    draftButton.draw('Edit', { story: story.id }),
    changesButton.draw('Ask for changes', value),
    discardButton.draw('Discard', value),
  ]
  if (post.state === 'in-review')
    return [
      actions([
        approveButton.draw('Approve and publish', { ...value, hash: post.hash }, { style: 'primary' }),
        ...rest,
      ]),
    ]
  if (post.inDoubt.length > 0) return [actions([sendAgainButton.draw('Send those again', value)])]
  if (post.state === 'approved') return [actions([publishButton.draw('Publish', value, { style: 'primary' }), ...rest])]
  return []
}

/** The form is one click away from the remark. */
export function changesMessage(story: Story, text: string): Message {
  return { text, blocks: [section(text), actions([draftButton.draw('Edit', { story: story.id })])] }
}

export function dueMessage(story: Story, text: string): Message {
  const ask = draftButton.draw('Draft client update', { story: story.id }, { style: 'primary' })
  return { text, blocks: [section(text), actions([ask])] }
}

export function endMessage(story: Story, text: string): Message {
  const value = { story: story.id }
  return {
    text,
    blocks: [
      section(text),
      actions([
        completeButton.draw('Work is done', value, { style: 'primary' }),
        extendButton.draw('30 minutes more', { ...value, minutes: 30 }),
        extendLongButton.draw('2 hours more', { ...value, minutes: 120 }),
      ]),
    ],
  }
}

const factsSchema = z.object({
  dueAt: z.string().nullable(),
  isOverdue: z.boolean(),
  /** Clients were told of it, and not yet that it is over. */
  isOpen: z.boolean(),
  phase: z.string().nullable(),
  toldAt: z.string().nullable(),
  waiting: z.string().nullable(),
})
type Facts = z.infer<typeof factsSchema>

export function cardFacts(story: Story, now: Date): Facts {
  const last = lastPublished(story)
  const open = openPost(story)
  return {
    dueAt: story.dueAt,
    isOverdue: story.dueAt !== null && Date.parse(story.dueAt) <= now.getTime(),
    isOpen: last !== null && standing(last.phase) === 'going-on',
    phase: last?.phase ?? null,
    toldAt: last?.publishedAt ?? null,
    waiting: open === null || open.state === 'draft' ? null : `${postKey(story, open)} ${open.state}`,
  }
}

function factsOf({ cardFacts }: Incident): Facts | null {
  const parsed = factsSchema.safeParse(cardFacts.comms)
  return parsed.success ? parsed.data : null
}

export function cardPart(incident: Incident): Block[] {
  const facts = factsOf(incident)
  if (!facts) return []
  const { toldAt, phase, dueAt, isOverdue, waiting } = facts
  const told =
    toldAt === null ? ['nothing told yet'] : [`told *${escapeInline((phase ?? '').replace('_', ' '))}* ${when(toldAt)}`]
  const due =
    dueAt === null ? [] : [isOverdue ? `:alarm_clock: *was due* ${when(dueAt)}` : `next word by ${when(dueAt)}`]
  const waits = waiting === null ? [] : [`message ${escapeInline(waiting.replace('-', ' '))}`]
  if (toldAt === null && due.length === 0 && waits.length === 0) return []
  return [section(`*Clients* ${[...told, ...waits, ...due].join(' · ')}`)]
}

export function cardButton(incident: Incident): Block[] {
  const isStillPublic = factsOf(incident)?.isOpen === true
  if (incident.kind !== 'real' || incident.status === 'merged' || (isOver(incident) && !isStillPublic)) return []
  return [draftButton.draw('Draft client update', { story: incident.id })]
}

/** What waits for a person in App Home: messages that somebody else must read. */
export function homePart(stories: readonly Story[], person: string): Block[] {
  const waiting = stories.flatMap((story) => {
    const open = openPost(story)
    return open?.state === 'in-review' && open.author !== person ? [{ story, open }] : []
  })
  if (waiting.length === 0) return []
  const lines = waiting.map(
    ({ story, open }) =>
      `• ${bold(postKey(story, open))} ${escapeInline(open.facts.name)} · \`/comms preview ${postKey(story, open)}\``,
  )
  return sections(['*Messages to clients that wait to be read*', ...lines])
}

export function storyLine(story: Story): string {
  const open = openPost(story)
  const last = lastPublished(story)
  const name = story.about === null ? story.id : key(story)
  const title = (open ?? last)?.facts.name || 'not named yet'
  const state = [
    last === null
      ? 'nothing published'
      : `told *${escapeInline(last.phase.replace('_', ' '))}* ${when(last.publishedAt ?? '')}`,
    ...(open === null ? [] : [`message ${postKey(story, open)}: ${open.state.replace('-', ' ')}`]),
    ...(story.dueAt === null ? [] : [`next word by ${when(story.dueAt)}`]),
  ]
  return `• ${bold(name)} ${escapeInline(title)} · ${state.join(' · ')}`
}
