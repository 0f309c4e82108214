/**
 * Where a value may stand in a setting of the catalogue: `{name}`. A value arrives as the literal text that it is, or
 * is refused; it never becomes an option, a second argument, another path or another host.
 */
import { z } from 'zod'
import type { Asked } from './executor.ts'

const slot = /\{([a-zA-Z][a-zA-Z0-9_.-]*)\}/g
/** What Tocsin itself fills in; `home` is the folder that all runs of an executor share. */
const given = ['target.service', 'target.environment', 'key', 'home']
const longestValue = 10_000

export type Values = Readonly<Record<string, string>>

export class BadValue extends Error {}

/** Names of the parameters that these settings speak of. */
export function paramsIn(texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(slot)].map(([, name = '']) => name))
  return [...new Set(names)].filter((name) => !given.includes(name) && !name.startsWith('resolved.'))
}

export function valuesOf({ target, params }: Pick<Asked<unknown>, 'target' | 'params'>, more: Values = {}): Values {
  const named = Object.entries(params).map(([name, value]) => [name, String(value)])
  return {
    ...Object.fromEntries(named),
    'target.service': target.service,
    'target.environment': target.environment,
    ...more,
  }
}

/** One argument a setting, whatever is in the value: there is no shell that could read it otherwise. */
export function fillArguments(texts: readonly string[], values: Values): string[] {
  const args: string[] = []
  for (const text of texts) {
    const names = [...text.matchAll(slot)].map(([, name = '']) => name)
    // An optional parameter that nobody gave leaves its argument out, and is never the empty text.
    const isWholeSlot = names.length === 1 && text === `{${names[0]}}`
    if (isWholeSlot && values[names[0] ?? ''] === undefined) continue
    const filled = fill(text, values, (value, name) => {
      if (isWholeSlot && value.startsWith('-'))
        throw new BadValue(`"${name}" begins with "-", and would be read as an option. Use a value that does not`)
      return value
    })
    args.push(filled)
  }
  return args
}

/** A value is one piece of the path or of the query: it cannot climb, nor add to either. */
export function fillAddress(text: string, values: Values): string {
  return fill(text, values, (value, name) => {
    if (value === '' || value === '.' || value === '..')
      throw new BadValue(`"${name}" is no part of an address. Use a name`)
    return encodeURIComponent(value)
  })
}

/** Values inside JSON stay inside their text. A text that is a slot and nothing else keeps numbers and booleans. */
export function fillJson(template: unknown, asked: Pick<Asked<unknown>, 'params'>, values: Values): unknown {
  if (Array.isArray(template)) return template.map((one) => fillJson(one, asked, values))
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([key, inner]) => [key, fillJson(inner, asked, values)]))
  if (typeof template !== 'string') return template
  const whole = /^\{([a-zA-Z][a-zA-Z0-9_.-]*)\}$/.exec(template)?.[1]
  if (whole !== undefined && asked.params[whole] !== undefined) return asked.params[whole]
  return fill(template, values, (value) => value)
}

function fill(text: string, values: Values, shape: (value: string, name: string) => string): string {
  return text.replace(slot, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new BadValue(`"${name}" is missing. Give it`)
    if (value.includes('\0')) throw new BadValue(`"${name}" holds a NUL character. Leave it out`)
    if (value.length > longestValue)
      throw new BadValue(`"${name}" is longer than ${longestValue} characters. Shorten it`)
    return shape(value, name)
  })
}

/** The first word is an absolute path, or `node`: the Node that Tocsin itself runs on. */
export const commandSchema = z
  .tuple([z.string()], z.string())
  .refine(([file]) => file === 'node' || file.startsWith('/'), 'begin with an absolute path, or with node')
  .refine(([file]) => !/\{/.test(file), 'the program itself cannot be a parameter')

export function commandLine(words: readonly [string, ...string[]], values: Values): [string, ...string[]] {
  const [file, ...rest] = words
  return [file === 'node' ? process.execPath : file, ...fillArguments(rest, values)]
}
