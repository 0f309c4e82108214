/**
 * The front desk: everything a person does in Slack comes here, is matched with what the features declared, checked
 * against who may do it, and answered. It changes nothing itself; handlers do, through `perform`.
 */
import { type Token, tokenize } from '../lib/tokenize.ts'
import type { Answer, Call, SlackLookups } from './call.ts'
import { refuse } from './call.ts'
import { type AnyCommand, findCommand, type Noun, type ParsedArgs, usage, verbOf } from './commands.ts'
import type { Actor } from './decision.ts'
import type { Effect, ThingName } from './effects.ts'
import type { Feature } from './feature.ts'
import type { Heard, InOurs, Joined, Reacted, Said } from './heard.ts'
import { didYouMean, helpFor, picker, pickSubject, runLine, usageAnswer } from './help.ts'
import { type Click, onChoice, onClick, whoever } from './interactions.ts'
import type { ModalView } from './modals.ts'
import { NotYet, type OurChannels } from './our-channels.ts'
import type { People, Person } from './people.ts'
import { perform, type Spine } from './perform.ts'
import type { Permissions, Who } from './permissions.ts'
import type { Slots } from './slots.ts'

export interface Desk {
  hear(heard: Heard, delivery: Occasion): Promise<Reply>
  checkForm(modalId: string, values: Record<string, string | string[] | null>): Record<string, string> | null
}

export interface Occasion {
  id: number
  /** Nobody will ask again: what cannot be matched now is nothing for us. */
  isLast?: boolean
}

export interface Reply {
  /** What the metric is labelled with: the command's path, a button's id. */
  what: string
  outcome: 'done' | 'refused' | 'opened' | 'ignored'
  open?: { triggerId: string; view: ModalView }
  effects: readonly Effect[]
}

export interface DeskOptions {
  features: readonly Feature[]
  spine: Spine
  people: People
  permissions: Permissions
  slots: Slots
  ourChannels: OurChannels
  lookups: SlackLookups
  /** What was heard in an earlier delivery: a picker continues the command that it interrupted. */
  rehear(deliveryId: number): Promise<Heard | null>
}

export function createDesk(options: DeskOptions): Desk {
  const { features } = options
  const nouns = features.flatMap((feature) => feature.nouns ?? [])
  const commands = features.flatMap((feature) => feature.commands ?? [])
  const modals = new Map(features.flatMap((feature) => feature.modals ?? []).map((modal) => [modal.id, modal]))
  const shortcuts = new Map(
    features.flatMap((feature) => feature.shortcuts ?? []).map((shortcut) => [shortcut.id, shortcut]),
  )
  const listeners = Map.groupBy(
    features.flatMap((feature) => feature.slackEvents ?? []),
    (listener) => listener.type,
  )
  const hearers = Map.groupBy(
    features.flatMap((feature) => feature.hears ?? []),
    (hearer) => hearer.kind,
  )
  const clicks = new Map<string, Click>(
    features.flatMap((feature) => feature.clicks ?? []).map((click) => [click.id, click]),
  )

  async function hear(heard: Heard, delivery: Occasion): Promise<Reply> {
    const person = await options.people.find(heard.from.personId)
    const call = callFor(options, heard, person, `inbox/${delivery.id}`)
    const { what, answer } = await answerTo(heard, call, person, delivery)
    return replyOf(heard, what, answer)
  }

  async function answerTo(heard: Heard, call: Call, person: Person | null, delivery: Occasion): Promise<Answered> {
    const deliveryId = delivery.id
    switch (heard.kind) {
      case 'command':
        return runCommandLine({ call, line: `${heard.command} ${heard.text}`, deliveryId, subject: null })
      case 'click':
        return runClick(heard, call, person, deliveryId)
      case 'submit': {
        const modal = modals.get(heard.modalId)
        if (!modal) return gone(heard.modalId)
        return {
          what: modal.id,
          answer: await guarded(person, modal.who, () => modal.run(call, heard.meta, heard.values)),
        }
      }
      case 'shortcut': {
        const shortcut = shortcuts.get(heard.shortcutId)
        if (!shortcut) return gone(heard.shortcutId)
        return {
          what: shortcut.id,
          answer: await guarded(person, shortcut.who, () => shortcut.run(call, heard.message ?? null)),
        }
      }
      case 'said':
      case 'reacted':
      case 'joined':
        return { what: heard.kind, answer: await runHearers(heard, call, person, delivery) }
      case 'channel': {
        const ours = await ourChannel(heard.channelId, delivery)
        return { what: heard.kind, answer: ours ? { effects: [{ kind: 'slack.look', name: ours.thing }] } : {} }
      }
      case 'event':
        return { what: heard.type, answer: await runListeners(heard, call, person) }
    }
  }

  async function runClick(
    heard: Heard & { kind: 'click' },
    call: Call,
    person: Person | null,
    deliveryId: number,
  ): Promise<Answered> {
    const own = [
      onClick(runLine, {
        who: 'anyone',
        run: async (_call, { line }) => (await runCommandLine({ call, line, deliveryId, subject: null })).answer,
      }),
      onChoice(pickSubject, { who: 'anyone', run: (_call, subject, context) => continueWith(call, subject, context) }),
    ]
    const click = clicks.get(heard.actionId) ?? own.find((candidate) => candidate.id === heard.actionId)
    if (!click) return gone(heard.actionId)
    return {
      what: click.id,
      answer: await guarded(person, click.who, () => click.run(call, heard.value, heard.blockId)),
    }
  }

  async function continueWith(call: Call, subject: string, context: string): Promise<Answer> {
    const deliveryId = Number(context.replace('delivery/', ''))
    const earlier = await options.rehear(deliveryId)
    const line = earlier?.kind === 'command' ? `${earlier.command} ${earlier.text}` : null
    if (line === null) return refuse('That question is too old. Type the command again.')
    return (await runCommandLine({ call, line, deliveryId, subject })).answer
  }

  /** Each in its turn; all that they want is delivered together. */
  async function runHearers(
    heard: Said | Reacted | Joined,
    call: Call,
    person: Person | null,
    delivery: Occasion,
  ): Promise<Answer> {
    const listening = hearers.get(heard.kind) ?? []
    const channelId = heard.from.channelId
    const ours = listening.length > 0 && channelId !== null ? await ourChannel(channelId, delivery) : null
    if (ours === null) return {}
    const known: InOurs<Said | Reacted | Joined> = { ...heard, thing: ours.thing }
    return runAll(person, listening, (hearer) => hearer.run(call, known))
  }

  async function ourChannel(channelId: string, { isLast = true }: Occasion): Promise<{ thing: ThingName } | null> {
    const found = await options.ourChannels.find(channelId)
    if (found !== 'soon') return found
    if (isLast) return null
    throw new NotYet('a channel is being opened, and this may be about it')
  }

  async function runListeners(heard: Heard & { kind: 'event' }, call: Call, person: Person | null): Promise<Answer> {
    return runAll(person, listeners.get(heard.type) ?? [], (listener) => listener.run(call, heard.event))
  }

  async function runAll<Listener extends { who: Who }>(
    person: Person | null,
    all: readonly Listener[],
    run: (listener: Listener) => Promise<Answer>,
  ): Promise<Answer> {
    const effects: Effect[] = []
    let told: Answer = {}
    for (const listener of all) {
      // An event is no request: whoever may not act is simply not heard.
      if (listener.who !== whoever && (await options.permissions.refusal(person, listener.who)) !== null) continue
      const answer = await run(listener)
      effects.push(...(answer.effects ?? []))
      if (answer.tell) told = answer
    }
    return { ...told, effects }
  }

  async function runCommandLine({ call, line, deliveryId, subject }: CommandLine): Promise<Answered> {
    const word = line.split(/\s/, 1)[0] ?? ''
    const name = word.replace(/^\//, '').toLowerCase()
    const noun = nouns.find((candidate) => candidate.name === name || candidate.aliases.includes(name))
    if (!noun) return gone(word)
    const text = await withMentions(line.slice(word.length).trim(), options.people)
    const mine = commands.filter((candidate) => candidate.path.startsWith(`${noun.name} `))
    const found = findCommand(mine, tokenize(text))
    switch (found.kind) {
      case 'bare':
        return { what: noun.name, answer: await guarded(call.person, 'anyone', () => noun.bare(call)) }
      case 'help':
        return { what: `${noun.name} help`, answer: helpFor(noun, mine, found.about) }
      case 'unknown': {
        const { freeText } = noun
        if (!freeText || !isFreeText(noun, found)) return { what: noun.name, answer: didYouMean(noun, text, found) }
        return { what: noun.name, answer: await guarded(call.person, 'anyone', () => freeText(call, text)) }
      }
      case 'command':
        return {
          what: found.command.path,
          answer: await runCommand(noun, found.command, found.tokens, { call, line: text, deliveryId, subject }),
        }
    }
  }

  async function runCommand(
    noun: Noun,
    command: AnyCommand,
    tokens: readonly Token[],
    given: CommandLine,
  ): Promise<Answer> {
    const { call, line } = given
    return guarded(call.person, command.who, async () => {
      const named = tokens.find((token) => noun.subject?.pattern.test(token.text))
      const others = command.needsSubject ? tokens.filter((token) => token !== named) : tokens
      const subject = command.needsSubject ? (given.subject ?? (await subjectOf(noun, call, named?.text))) : null
      if (command.needsSubject && subject === null) return pickFrom(noun, command, given)

      const parsed: ParsedArgs = command.parse(others, line)
      if ('args' in parsed) return command.run(call, parsed.args, subject)
      if (parsed.isMissing && command.form) return command.form(call, subject)
      return usageAnswer(command, parsed.problem)
    })
  }

  async function subjectOf(noun: Noun, call: Call, named: string | undefined): Promise<string | null> {
    const kind = noun.subject
    if (!kind) return null
    if (named) return named.match(kind.pattern)?.[1] ?? null
    return call.channelId === null ? null : kind.inChannel(call.db, call.channelId)
  }

  async function pickFrom(noun: Noun, command: AnyCommand, { call, deliveryId }: CommandLine): Promise<Answer> {
    const choices = (await noun.subject?.open(call.db)) ?? []
    const kind = noun.subject?.name ?? 'one'
    if (choices.length === 0) return refuse(`No ${kind} is open, so there is nothing to ${verbOf(command)}.`)
    return picker({ kind, choices, usage: usage(command), context: `delivery/${deliveryId}` })
  }

  async function guarded(person: Person | null, who: Who, run: () => Promise<Answer>): Promise<Answer> {
    const refusal = await options.permissions.refusal(person, who)
    return refusal === null ? run() : refuse(refusal)
  }

  return {
    hear,
    checkForm: (modalId, values) => modals.get(modalId)?.check(values) ?? null,
  }
}

/** `/inc resolv` is a slip of the fingers, not an incident's title. */
function isFreeText(noun: Noun, found: { word: string; nearest: readonly string[]; isSingleWord: boolean }): boolean {
  if (noun.shorthand?.test(found.word)) return true
  return found.nearest.length === 0 && !found.isSingleWord
}

interface Answered {
  what: string
  answer: Answer
}

interface CommandLine {
  call: Call
  line: string
  deliveryId: number
  /** Chosen from a picker. */
  subject: string | null
}

/** A button of an older release, a command that this one does not have. */
function gone(what: string): Answered {
  return { what: 'unknown', answer: refuse(`I do not know \`${what.slice(0, 80)}\` (any more). Try \`/inc help\`.`) }
}

function callFor(
  { spine, slots, people, lookups, permissions }: DeskOptions,
  heard: Heard,
  person: Person | null,
  cause: string,
): Call {
  const actor: Actor = { kind: 'person', id: heard.from.personId }
  const nobody: Person = { id: heard.from.personId, handle: '', realName: '', kind: 'stranger', timeZone: 'UTC' }
  return {
    db: spine.db,
    now: spine.now(),
    actor,
    person: person ?? nobody,
    channelId: heard.from.channelId,
    message: 'message' in heard ? (heard.message ?? null) : null,
    form: heard.kind === 'click' ? (heard.form ?? null) : null,
    slack: lookups,
    slots,
    people,
    policy: (aggregate) => spine.policyOf(aggregate.feature) as never,
    refusal: (who) => permissions.refusal(person, who),
    perform: (aggregate, id, command) => perform(spine, aggregate, id, command, { actor, cause }),
  }
}

function replyOf(heard: Heard, what: string, answer: Answer): Reply {
  const effects: Effect[] = [...(answer.effects ?? [])]
  if (answer.tell) {
    const { personId, channelId } = heard.from
    const responseUrl = 'responseUrl' in heard ? heard.responseUrl : undefined
    effects.unshift({
      kind: 'slack.tell',
      person: personId,
      ...(channelId ? { channelId } : {}),
      ...(responseUrl ? { responseUrl } : {}),
      message: answer.tell,
    })
  }
  const outcome = answer.isRefusal ? 'refused' : answer.open ? 'opened' : what === 'unknown' ? 'ignored' : 'done'
  if (!answer.open || !('triggerId' in heard)) return { what, outcome, effects }
  return { what, outcome, effects, open: { triggerId: heard.triggerId, view: answer.open } }
}

/** `@name` becomes `<@U…|name>` as Slack would have written it; a name nobody has stays as it is. */
async function withMentions(text: string, people: People): Promise<string> {
  const names = new Set([...text.matchAll(/(?<=^|\s)@([a-z0-9._-]+)/gi)].map((match) => match[1] ?? ''))
  let resolved = text
  for (const name of names) {
    // In sequence: at most a handful, and answered from the cache.
    const person = await people.byHandle(name)
    if (person)
      resolved = resolved.replaceAll(
        new RegExp(`(?<=^|\\s)@${RegExp.escape(name)}(?![\\w.-])`, 'gi'),
        `<@${person.id}|${name}>`,
      )
  }
  return resolved
}
