/** Reads what somebody typed after `/action`: a verb, a target, parameters, why, and for which incident. */
import { tokenize } from '../../lib/tokenize.ts'
import type { Entry } from './entry.ts'
import type { ParamValue } from './executors/executor.ts'

export interface Typed {
  entry: Entry
  target: string
  params: Record<string, ParamValue>
  reason: string
  incident: string | null
}

export type Read =
  | Typed
  /** The verb is known; which target is not. */
  | { entries: readonly Entry[]; problem: string }
  | { unknownVerb: string }

/** `rollback checkout production to v141 because clients see errors` */
export function readTyped(line: string, catalogue: ReadonlyMap<string, Entry>): Read {
  const [before = '', ...after] = line.split(/(?:^|\s)because\s/i)
  const reason = after.join(' because ').trim()
  const words = tokenize(before).map((token) => token.text)
  const verb = words.shift()?.toLowerCase() ?? ''
  const entries = [...catalogue.values()].filter((entry) => entry.verb === verb || entry.name === verb)
  if (entries.length === 0) return { unknownVerb: verb }

  const incident = takeFirst(words, /^(?:#|inc-)(\d{1,9})$/i)
  const found = takeTarget(words, entries)
  if ('problem' in found) return { entries, problem: found.problem }
  const { entry, target } = found
  return { entry, target, params: readParamWords(words, entry), reason, incident }
}

function takeFirst(words: string[], pattern: RegExp): string | null {
  const index = words.findIndex((word) => pattern.test(word))
  if (index < 0) return null
  const [word = ''] = words.splice(index, 1)
  return pattern.exec(word)?.[1] ?? null
}

/** `checkout production`, `checkout/production`, or `checkout` alone when it has but one environment here. */
function takeTarget(
  words: string[],
  entries: readonly Entry[],
): { entry: Entry; target: string } | { problem: string } {
  const all = entries.flatMap((entry) => entry.targets.map((target) => ({ entry, target })))
  const known = all.map(({ target }) => target.replace('/', ' ')).join(', ')
  const first = words.shift()
  if (first === undefined) return { problem: `Which one? There is ${known}.` }
  const second = words[0] ?? ''
  const exact = all.find(({ target }) => target === `${first}/${second}`)
  if (exact) {
    words.shift()
    return exact
  }
  const whole = all.find(({ target }) => target === first)
  if (whole) return whole
  const ofService = all.filter(({ target }) => target.split('/')[0] === first)
  const [only, another] = ofService
  if (!only) return { problem: `I know no ${first} here. There is ${known}.` }
  if (another)
    return {
      problem: `Which environment of ${first}? There is ${ofService.map(({ target }) => target.split('/')[1]).join(', ')}.`,
    }
  return only
}

/** `key=value`, or a word alone (also after `to`) for the parameter `to`. A stray word is kept, to be refused by name. */
function readParamWords(words: readonly string[], entry: Entry): Record<string, ParamValue> {
  const params = new Map<string, ParamValue>()
  for (const word of words) {
    const [, name, value] = /^([a-z][a-z0-9-]*)=(.*)$/s.exec(word) ?? []
    const takesTo = entry.params.to !== undefined && !params.has('to')
    if (name !== undefined && value !== undefined) params.set(name, value)
    else if (word.toLowerCase() !== 'to' || !takesTo) params.set(takesTo ? 'to' : word, word)
  }
  return Object.fromEntries(params)
}
