/**
 * `{{ labels.instance }}` and `{{ incident.service }}`: filled in when a run begins, escaped for the place that they
 * stand in. A value from outside is always text: never markup, a mention, a part of a query, or an argument of its own.
 */
import { escapeInline } from '../../lib/mrkdwn.ts'
import type { PlannedStep, StepBlock } from './runbook.ts'

/** By their full names: `labels.instance`, `incident.title`. */
export type Values = Readonly<Record<string, string>>

/** Global, so only for `replace`, `search` and `matchAll`, which begin anew each time. */
export const variable = /\{\{\s*([a-z]+\.[a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g

/** What a label may be called, so that a mistyped name is told from a missing label. */
export const incidentVariables = ['incident.key', 'incident.title', 'incident.service', 'incident.severity']

export function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map((match) => match[1] ?? '')
}

/** What is wrong with a variable as it is written; null when nothing is. */
export function problemWith(name: string): string | null {
  if (name.startsWith('labels.') || name.startsWith('annotations.') || incidentVariables.includes(name)) return null
  return `{{ ${name} }} is no variable`
}

const escapes = {
  words: escapeInline,
  // Inside "…" or '…'; the format refuses a variable anywhere else in a query.
  promql: (value: string) =>
    value.replace(/[\\"']/g, (mark) => `\\${mark}`).replace(/[\n\r\t]/g, (blank) => (blank === '\n' ? '\\n' : ' ')),
  url: encodeURIComponent,
  shell: (value: string) => `'${value.replaceAll("'", String.raw`'\''`)}'`,
  literal: (value: string) => value,
} satisfies Record<string, (value: string) => string>

type Place = keyof typeof escapes

function fill(text: string, place: Place, values: Values): string {
  return text.replace(variable, (written, name: string) => {
    const value = values[name]
    if (value !== undefined && value !== '') return escapes[place](wellFormed(value))
    // A missing value stays visible as what it is, and the step cannot be run.
    return place === 'words' ? `‹${name}›` : written
  })
}

/** `encodeURIComponent` refuses half a character. */
function wellFormed(value: string): string {
  return value.toWellFormed()
}

export function fillWords(text: string, values: Values): string {
  return fill(text, 'words', values)
}

export function fillBlock(block: StepBlock, values: Values): StepBlock {
  switch (block.kind) {
    case 'query':
      return { ...block, promql: fill(block.promql, 'promql', values) }
    case 'check':
    case 'link':
      return { ...block, url: fill(block.url, 'url', values) }
    case 'action':
      return {
        ...block,
        target: fill(block.target, 'literal', values),
        parameters: Object.fromEntries(
          Object.entries(block.parameters).map(([name, value]) => [name, fill(value, 'literal', values)]),
        ),
      }
    case 'sql':
      return { ...block, values: block.values.map((value) => fill(value, 'literal', values)) }
    case 'page':
      return { ...block, message: fill(block.message, 'literal', values) }
    case 'shell':
      return { ...block, text: fill(block.text, 'shell', values) }
    default:
      return block
  }
}

/** The variables that a step needs for running and that have no value. */
export function missingIn({ block }: Pick<PlannedStep, 'block'>, values: Values): string[] {
  if (block === null) return []
  return [...new Set(variablesIn(JSON.stringify(block)))].filter((name) => (values[name] ?? '') === '')
}

/** Whether every variable of a query stands inside quotes, where it can be escaped. */
export function isQuotedInQuery(promql: string): boolean {
  const outside = promql.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')
  return variablesIn(outside).length === 0
}
