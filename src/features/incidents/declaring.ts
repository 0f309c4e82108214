/** From a few words to an incident, wherever they were typed. */
import type { z } from 'zod'
import { type Answer, type Call, sayBelow } from '../../core/call.ts'
import type { HeardMessage } from '../../core/heard.ts'
import { newSubject } from '../../core/perform.ts'
import { shorten } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { declaredSentence, sentence } from './answers.ts'
import { type Command, type Incident, type Origin, type Severity, titleMax } from './domain.ts'
import { openDeclareForm } from './forms.ts'
import { declaredMessage, type sourceMessage, twinMessage } from './views.ts'

export const severityPattern = /^p\d$/i
type Declaration = Omit<Extract<Command, { type: 'incident.declare' }>, 'type' | 'twin'>

/** `p1 private checkout is down`: what stands before the title says how, in any order, beside what the command says. */
export function declareFromWords(call: Call, words: string, said: Said = {}): Promise<Answer> {
  return declare(call, declarationIn(words, said))
}

type Said = Pick<Declaration, 'kind' | 'isPrivate'>

export function declarationIn(words: string, said: Said = {}): Declaration {
  const rest = words.split(/\s+/)
  const found: Declaration = { ...said, title: '', severity: null }
  for (let word = rest[0] ?? ''; word !== ''; word = rest[0] ?? '') {
    const kind = kinds.find((one) => one === word.toLowerCase())
    if (severityPattern.test(word) && found.severity === null) found.severity = word.toUpperCase()
    else if (/^private$/i.test(word) && !found.isPrivate) found.isPrivate = true
    else if (kind !== undefined && found.kind === undefined && rest.length > 1) found.kind = kind
    else break
    rest.shift()
  }
  return { ...found, title: rest.join(' ') }
}

const kinds = ['test', 'drill'] as const

/** From words, from a form, or from a message whose thread is then told what became of it. */
export async function declare(
  call: Call,
  declaration: Declaration,
  { source = null, notice = null }: { source?: SourceMessage | null; notice?: string | null } = {},
): Promise<Answer> {
  const { title, severity, startedAt = null, isPrivate = false, kind = 'real' } = declaration
  if (title === '') {
    const asked = isPrivate ? { kind: 'private' as const } : kind === 'real' ? {} : { kind }
    return { open: openDeclareForm(call, { title, ...(severity ? { severity } : {}), ...asked }, source) }
  }
  const service = declaration.service ?? serviceIn(call, title)
  const outcome = await call.perform(aggregate, newSubject, {
    type: 'incident.declare',
    ...declaration,
    title: shorten(title, titleMax),
    service,
    ...(source === null ? {} : { origin: originOf(source) }),
  })
  if ('refused' in outcome) {
    if (outcome.refused !== 'looks-like') return sentence(outcome)
    const twin = { id: String(outcome.details?.twin ?? ''), title: String(outcome.details?.title ?? '') }
    return { tell: twinMessage(twin, { title, severity, service, startedAt, source, notice }), isRefusal: true }
  }
  // Somebody typed the whole story: it is kept, and the first of it is the title.
  if (title.length > titleMax) await call.perform(aggregate, outcome.id, { type: 'incident.summarize', text: title })
  if (notice !== null) await call.perform(aggregate, outcome.id, { type: 'incident.setImpact', text: notice })
  const words = declaredSentence(outcome.state)
  const told = { tell: declaredMessage(outcome.state, words, proposedBy(call, outcome.state, notice)) }
  if (source === null || isPrivate) return told
  const [first = ''] = words.split('.', 1)
  return { ...told, effects: [sayBelow(source, { text: `${first}.` })] }
}

/** A graver severity than was chosen, by what clients notice. Whoever chose a graver one had their reasons. */
function proposedBy(call: Call, { severity, kind }: Incident, notice: string | null): Severity | null {
  const { impacts, severities } = call.policy(aggregate)
  const proposed = impacts.find((one) => one.notice === notice)?.severity
  if (proposed === undefined || kind !== 'real') return null
  return severities.indexOf(proposed) < severities.indexOf(severity) ? proposed : null
}

function originOf({ channelId, ts, permalink }: SourceMessage): Origin {
  return { feature: 'slack', id: `${channelId}/${ts}`, label: 'a message', ...(permalink ? { permalink } : {}) }
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

export type SourceMessage = NonNullable<z.infer<typeof sourceMessage>>
