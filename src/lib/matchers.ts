/** Alertmanager's matchers: `severity="critical"`, `!=`, `=~`, `!~`; or a plain map of labels that must be equal. */
import { z } from 'zod'

export interface Matcher {
  label: string
  operator: '=' | '!=' | '=~' | '!~'
  value: string
}

const one = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s"{},]*)\s*$/
// Long patterns are where catastrophic ones live.
const patternMax = 500

export function parseMatchers(text: string): Matcher[] | { problem: string } {
  const inner = text.trim().replace(/^\{(.*)\}$/s, '$1')
  const matchers: Matcher[] = []
  for (const part of splitOutsideQuotes(inner)) {
    const found = one.exec(part)
    if (!found)
      return {
        problem: `"${part.trim()}" is no matcher. Write label="value", label!="value", label=~"pattern" or label!~"pattern"`,
      }
    const [, label = '', operator = '', raw = ''] = found
    const value = raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(["\\])/g, '$1') : raw
    const matcher = { label, operator: operator as Matcher['operator'], value }
    if (operator.endsWith('~') && !compile(value)) return { problem: `"${value}" is no pattern that can be used` }
    matchers.push(matcher)
  }
  return matchers
}

/** A label that is missing counts as empty, as Alertmanager has it. */
export function matches(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ label, operator, value }) => {
    const given = labels[label] ?? ''
    if (operator === '=') return given === value
    if (operator === '!=') return given !== value
    const isMatch = compile(value)?.test(given.slice(0, 2_000)) ?? false
    return operator === '=~' ? isMatch : !isMatch
  })
}

/** As Alertmanager prints them, and `parseMatchers` reads them. */
export function printMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(({ label, operator, value }) => `${label}${operator}"${escaped(value)}"`).join(', ')
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, (mark) => `\\${mark}`)
}

export const Matchers = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((given, checked): Matcher[] => {
    if (typeof given !== 'string')
      return Object.entries(given).map(([label, value]) => ({ label, operator: '=', value }))
    const parsed = parseMatchers(given)
    if (Array.isArray(parsed)) return parsed
    checked.addIssue({ code: 'custom', message: parsed.problem })
    return z.NEVER
  })

// Every alert is held against the same few patterns.
const compiled = new Map<string, RegExp | null>()
const compiledMax = 1_000

function compile(pattern: string): RegExp | null {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  if (compiled.size >= compiledMax) compiled.clear()
  const found = compileAnew(pattern)
  compiled.set(pattern, found)
  return found
}

/** Anchored at both ends, as Alertmanager has it. */
function compileAnew(pattern: string): RegExp | null {
  if (pattern.length > patternMax) return null
  // A repeated group that repeats inside itself is what runs for ever.
  if (/\([^)]*[+*][^)]*\)[+*{]/.test(pattern)) return null
  try {
    return new RegExp(`^(?:${pattern})$`, 's')
  } catch {
    return null
  }
}

function splitOutsideQuotes(text: string): string[] {
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)]
    .map((match) => match[0])
    .filter((part) => part.trim() !== '')
}
