/**
 * Reads a YAML file against a schema, and tells everything that is wrong with it at once: the line, the key, what is
 * wrong, and what would be accepted.
 */
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { list, nearest } from '../lib/words.ts'

export interface Problem {
  file: string
  line: number
  key: string
  problem: string
  accepted: string
}

export type Path = readonly (string | number)[]

/** Something that only shows when parts are held against each other. */
export interface Mismatch {
  path: Path
  problem: string
  accepted: string
}

export type Loaded<Config> = ({ config: Config } & Located) | { problems: Problem[] }

export interface Located {
  /** The line on which something stands, for what is found wrong with it later. */
  lineOf(path: Path): number
}

export function printProblem({ file, line, key, problem, accepted }: Problem): string {
  const where = [`${file}:${line}`, key].filter((part) => part !== '').join(' ')
  return `${where}: ${problem}.${accepted === '' ? '' : ` ${accepted}.`}`
}

export function loadYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  check: (config: z.infer<Schema>) => readonly Mismatch[] = () => [],
): Loaded<z.infer<Schema>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const locate = (offset: number) => Math.max(lines.linePos(offset).line, 1)
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const [sentence = 'not YAML'] = error.message.split(' at line')
      return { file, line: locate(error.pos[0]), key: '', problem: sentence.replace(/[.:]$/, ''), accepted: '' }
    })
    return { problems }
  }
  if (!isMap(document.contents)) {
    return {
      problems: [
        { file, line: 1, key: '', problem: 'the file holds no settings', accepted: 'Write one key: value a line' },
      ],
    }
  }

  let plain: unknown
  try {
    // A handful of aliases is a convenience; thousands are an attack or an accident.
    plain = document.toJS({ maxAliasCount: 50 })
  } catch {
    return { problems: [{ file, line: 1, key: '', problem: 'too many aliases', accepted: 'Write the values out' }] }
  }

  const lineOf = (path: Path) => locate(startOf(document.contents as Node, path))
  const parsed = schema.safeParse(plain)
  const mismatches = parsed.success
    ? check(parsed.data)
    : parsed.error.issues.flatMap((issue) => explain(issue, plain, schema))
  if (parsed.success && mismatches.length === 0) return { config: parsed.data, lineOf }
  const problems = mismatches.map(({ path, problem, accepted }) => ({
    file,
    line: lineOf(path),
    key: keyOf(path),
    problem,
    accepted,
  }))
  return { problems: problems.toSorted((a, b) => a.line - b.line) }
}

/** The node at the path, or the nearest parent that exists: what is missing is reported where it should stand. */
function startOf(root: Node, path: Path): number {
  let node: unknown = root
  let start = root.range?.[0] ?? 0
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) return start
      start = (pair.key as Node).range?.[0] ?? start
      node = pair.value
    } else if (node && typeof node === 'object' && 'items' in node && Array.isArray(node.items)) {
      node = node.items[Number(step)]
      if (!node) return start
      start = (node as Node).range?.[0] ?? start
    } else return start
  }
  return start
}

/** `routes[2].open` */
export function keyOf(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('')
}

function explain(issue: z.core.$ZodIssue, plain: unknown, schema: z.ZodType): Mismatch[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  const given = valueAt(plain, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, keysAt(schema, path)))
    case 'invalid_value':
      return [
        {
          path,
          problem: `${show(given)} is not known here`,
          accepted: `Use ${list(issue.values.map(String)).replace(/ and ([^ ]*)$/, ' or $1')}`,
        },
      ]
    case 'invalid_type':
      if (given === undefined)
        return [{ path, problem: 'is missing', accepted: `Write ${kinds[issue.expected] ?? issue.expected}` }]
      return [
        { path, problem: `${show(given)} does not fit`, accepted: `Write ${kinds[issue.expected] ?? issue.expected}` },
      ]
    case 'invalid_union': {
      const [first] = issue.errors.flat()
      const isPlain = issue.errors.every((errors) => errors.every((error) => error.path.length === 0))
      if (first && !isPlain)
        return explain({ ...first, path: [...issue.path, ...first.path] } as z.core.$ZodIssue, plain, schema)
      return [{ path, problem: `${show(given)} does not fit`, accepted: '' }]
    }
    default:
      return [{ path, problem: issue.message.replace(/\.$/, ''), accepted: '' }]
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
}

function unknownKey(path: Path, key: string, known: readonly string[]): Mismatch {
  const [close] = nearest(key, known)
  const accepted = close ? `Did you mean "${close}"` : known.length > 0 ? `Known here: ${known.join(', ')}` : ''
  return {
    path,
    problem: `"${key}" is no key that is known here`,
    accepted: close ? `${accepted}?`.replace(/\?$/, '') : accepted,
  }
}

/** The keys that a schema knows at a path, through defaults, optionals and lists. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let current: unknown = schema
  for (const step of path) {
    current = inner(current)
    if (current instanceof z.ZodObject) current = current.shape[String(step)]
    else if (current instanceof z.ZodRecord) current = current.valueType
    else if (current instanceof z.ZodArray) current = current.element
  }
  current = inner(current)
  return current instanceof z.ZodObject ? Object.keys(current.shape) : []
}

function inner(schema: unknown): unknown {
  let current = schema
  while (
    current instanceof z.ZodDefault ||
    current instanceof z.ZodPrefault ||
    current instanceof z.ZodOptional ||
    current instanceof z.ZodNullable
  ) {
    current = current.unwrap()
  }
  return current
}

function valueAt(plain: unknown, path: Path): unknown {
  let value = plain
  for (const step of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined
  return value
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
