/**
 * Slash commands as declarations. Help, «did you mean», docs/commands.md, permissions and the manifest check are all
 * made from them; nobody writes help by hand.
 */
import { z } from 'zod'
import { readable } from '../lib/mrkdwn.ts'
import { type Token, tokenize } from '../lib/tokenize.ts'
import { nearest } from '../lib/words.ts'
import type { Answer, Call } from './call.ts'
import type { Db } from './db.ts'
import type { Who } from './permissions.ts'

/** A slash command of the manifest and whatever hangs below it. */
export interface Noun {
  /** `inc`, for `/inc`. */
  name: string
  aliases: readonly string[]
  description: string
  usageHint: string
  /** What the verbs are about when one needs a subject. */
  subject?: SubjectKind
  /** Answers the bare command. */
  bare(call: Call): Promise<Answer>
  /** Answers a line whose first word is no verb. */
  freeText?(call: Call, text: string): Promise<Answer>
  /** A single word that is free text all the same; any other single word is taken for a mistyped verb. */
  shorthand?: RegExp
}

/** What a command is about, how it is written, and where it is implied. */
export interface SubjectKind {
  name: string
  /** The whole word that names one; its first group is the id. */
  pattern: RegExp
  /** The subject that a channel belongs to. */
  inChannel(db: Db, channelId: string): Promise<string | null>
  /** What may be chosen when none is implied, the likeliest first. */
  open(db: Db): Promise<readonly { id: string; text: string }[]>
}

interface CommandSpec<Args extends z.ZodObject, NeedsSubject extends boolean> {
  /** `inc sev` */
  path: string
  aliases?: readonly string[]
  summary: string
  /** Read by position, in this order; `restOfLine` takes everything that is left. */
  args: Args
  /** True: the noun's subject is found before `run`, or a picker is shown. */
  needsSubject: NeedsSubject
  who: Who
  examples: readonly [string, ...string[]]
  /** Opened when arguments are missing. Without one, the usage is explained. */
  form?(call: Call, subject: NeedsSubject extends true ? string : null): Promise<Answer>
  run(call: Call, given: { args: z.infer<Args>; subject: NeedsSubject extends true ? string : null }): Promise<Answer>
}

/** A command of which only the declaration is known. */
export interface AnyCommand {
  path: string
  aliases: readonly string[]
  summary: string
  argNames: readonly ArgName[]
  needsSubject: boolean
  who: Who
  examples: readonly string[]
  parse(tokens: readonly Token[], line: string): ParsedArgs
  form: ((call: Call, subject: string | null) => Promise<Answer>) | null
  run(call: Call, args: unknown, subject: string | null): Promise<Answer>
}

export interface ArgName {
  name: string
  isOptional: boolean
  isRest: boolean
}

export type ParsedArgs = { args: unknown } | { isMissing: boolean; problem: string }

/** The last argument of a command: everything that is left of the line, quotes and all. */
export const restOfLine = z
  .string()
  .transform((text) => readable(text).trim())
  .meta({ rest: true })
export const optionalRest = restOfLine.default('').meta({ rest: true })

/** A person as Slack writes one: `<@U123|name>`. The desk has already turned `@name` into this. */
export const personArg = z
  .string()
  .regex(/^<@[UW][A-Z0-9]+(\|[^>]*)?>$/, 'name a person with @')
  .transform((mention) => mention.replace(/^<@|(\|.*)?>$/g, ''))

export function command<Args extends z.ZodObject, NeedsSubject extends boolean>(
  spec: CommandSpec<Args, NeedsSubject>,
): AnyCommand {
  type Subject = NeedsSubject extends true ? string : null
  const names = argNamesOf(spec.args)
  const { form } = spec
  return {
    path: spec.path,
    aliases: spec.aliases ?? [],
    summary: spec.summary,
    argNames: names,
    needsSubject: spec.needsSubject,
    who: spec.who,
    examples: spec.examples,
    parse: (tokens, line) => parseArgs(spec.args, names, tokens, line),
    form: form ? (call, subject) => form(call, subject as Subject) : null,
    run: (call, args, subject) => spec.run(call, { args: args as z.infer<Args>, subject: subject as Subject }),
  }
}

function argNamesOf(args: z.ZodObject): ArgName[] {
  return Object.entries(args.shape).map(([name, schema]) => ({
    name,
    isOptional: (schema as z.ZodType).safeParse(undefined).success,
    isRest: (schema as z.ZodType).meta()?.rest === true,
  }))
}

function parseArgs(schema: z.ZodObject, names: readonly ArgName[], tokens: readonly Token[], line: string): ParsedArgs {
  const given: Record<string, string> = {}
  for (const [index, { name, isRest }] of names.entries()) {
    const token = tokens[index]
    if (!token) break
    given[name] = isRest ? unquoted(line.slice(token.start), tokens.length - index) : token.text
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return { args: parsed.data }
  const [issue] = parsed.error.issues
  const field = String(issue?.path[0] ?? '')
  const isMissing = given[field] === undefined
  return { isMissing, problem: isMissing ? `${field} is missing` : `${field}: ${issue?.message ?? 'not understood'}` }
}

/** A line that is one quoted text loses its quotes; quotes inside a longer line are the writer's own. */
function unquoted(rest: string, tokensLeft: number): string {
  const [only] = tokenize(rest)
  return tokensLeft === 1 && only ? only.text : rest
}

export type Found =
  | { kind: 'command'; command: AnyCommand; tokens: readonly Token[] }
  | { kind: 'bare' }
  | { kind: 'help'; about: string | null }
  | { kind: 'unknown'; word: string; nearest: readonly string[]; isSingleWord: boolean }

/** Which command of a noun a line means. */
export function findCommand(commands: readonly AnyCommand[], tokens: readonly Token[]): Found {
  const [first, ...others] = tokens
  if (!first) return { kind: 'bare' }
  const word = first.text.toLowerCase()
  if (word === 'help') return { kind: 'help', about: others[0]?.text.toLowerCase() ?? null }
  const command = commands.find((candidate) => verbOf(candidate) === word || candidate.aliases.includes(word))
  if (command) return { kind: 'command', command, tokens: others }
  const verbs = commands.flatMap((candidate) => [verbOf(candidate), ...candidate.aliases])
  return {
    kind: 'unknown',
    word: first.text,
    nearest: nearest(word, [...verbs, 'help']),
    isSingleWord: others.length === 0,
  }
}

export function verbOf(command: AnyCommand): string {
  return command.path.split(' ')[1] ?? ''
}

/** `/inc sev <to> [reason…]` */
export function usage(command: AnyCommand): string {
  const args = command.argNames.map(({ name, isOptional, isRest }) => {
    const shown = isRest ? `${name}…` : name
    return isOptional ? `[${shown}]` : `<${shown}>`
  })
  return [`/${command.path}`, ...args].join(' ')
}
