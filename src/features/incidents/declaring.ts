/** From a few words to an incident, wherever they were typed. */
import { type Answer, type Call, sayBelow } from '../../core/call.ts'
import type { HeardMessage } from '../../core/heard.ts'
import { newSubject } from '../../core/perform.ts'
import { shorten } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { answer, declaredSentence } from './answers.ts'
import { type Command, titleMax } from './domain.ts'
import { openDeclareForm } from './forms.ts'
import { twinMessage } from './views.ts'

export const severityPattern = /^p\d$/i
type Declaration = Omit<Extract<Command, { type: 'incident.declare' }>, 'type' | 'twin'>

/** `p1 private checkout is down`: what stands before the title says how. */
export function declareFromWords(call: Call, words: string): Promise<Answer> {
  const rest = words.split(/\s+/)
  const found: Declaration = { title: '', severity: null }
  for (let word = rest[0] ?? ''; word !== ''; word = rest[0] ?? '') {
    if (severityPattern.test(word) && found.severity === null) found.severity = word.toUpperCase()
    else if (/^private$/i.test(word) && !found.isPrivate) found.isPrivate = true
    else if (/^test$/i.test(word) && found.kind === undefined && rest.length > 1) found.kind = 'test'
    else break
    rest.shift()
  }
  return declare(call, { ...found, title: rest.join(' ') })
}

export async function declare(call: Call, declaration: Declaration): Promise<Answer> {
  const { title, severity } = declaration
  if (title === '') return { open: openDeclareForm(call, { title, ...(severity ? { severity } : {}) }) }
  const known = { service: declaration.service ?? serviceIn(call, title) }
  const short = { title: shorten(title, titleMax), ...known }
  const outcome = await call.perform(aggregate, newSubject, { type: 'incident.declare', ...declaration, ...short })
  if ('refused' in outcome && outcome.refused === 'looks-like') {
    const twin = { id: String(outcome.details?.twin ?? ''), title: String(outcome.details?.title ?? '') }
    return { tell: twinMessage(twin, { title, severity }), isRefusal: true }
  }
  // Somebody typed the whole story: it is kept, and the first of it is the title.
  if (!('refused' in outcome) && title.length > titleMax)
    await call.perform(aggregate, outcome.id, { type: 'incident.summarize', text: title })
  return answer(outcome, declaredSentence)
}

/** A service that is named in the title is the one that it is about, when it is the only one. */
export function serviceIn(call: Call, title: string): string | null {
  const words: readonly string[] = title.toLowerCase().match(/[\p{L}\p{N}_-]+/gu) ?? []
  const rules = call.policy(aggregate)
  const named = rules.services.filter((service) => words.includes(service.toLowerCase()))
  return named.length === 1 ? (named[0] ?? null) : null
}

/** From a message: its text becomes the title, its address goes along, and its thread is told. */
export async function openFromMessage(call: Call, message: HeardMessage | null): Promise<Answer> {
  if (message === null) return { open: openDeclareForm(call, { title: '' }) }
  const permalink = await call.slack.permalink(message)
  const source = { channelId: message.channelId, ts: message.ts, threadTs: message.threadTs, permalink }
  return { open: openDeclareForm(call, { title: message.text }, source) }
}

export interface SourceMessage {
  channelId: string
  ts: string
  threadTs: string | null
  permalink: string | null
}

export async function declareFromMessage(
  call: Call,
  declaration: Declaration,
  source: SourceMessage | null,
): Promise<Answer> {
  if (source === null) return declare(call, declaration)
  const { channelId, ts, permalink } = source
  const origin = { feature: 'slack', id: `${channelId}/${ts}`, label: 'a message', ...(permalink ? { permalink } : {}) }
  const answered = await declare(call, { ...declaration, origin })
  if (answered.isRefusal || !answered.tell || declaration.isPrivate) return answered
  // Whoever reads the message later finds out what became of it.
  const [words = ''] = answered.tell.text.split('.', 1)
  return { ...answered, effects: [sayBelow(source, { text: `${words}.` })] }
}
