/** A check that asks a database: its first line says which one and what is expected, the rest is the query. */
import type { Expected } from '../../core/effects.ts'
import type { StepBlock } from './runbook.ts'
import { variable, variablesIn } from './variables.ts'

type Read = { block: StepBlock } | { problem: string; accepted: string }

const operators = ['<=', '>=', '<', '>', '='] as const

export function readSql(text: string): Read {
  const [first = '', ...rest] = text.split('\n')
  const found = /^sql\s+([a-z][\w-]*)(?:\s+expect\s+(\S.*))?$/.exec(first.trim())
  const query = rest.join('\n').trim().replace(/;\s*$/, '')
  if (!found || query === '')
    return {
      problem: 'the check does not say what to ask',
      accepted: 'Write "sql <database> expect 0", and the query below it',
    }
  // Taken out whatever is a text, a name in quotes or a comment: a variable there would be part of it, and no value.
  const outside = query.replace(/'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|--.*|\/\*[\s\S]*?\*\//g, ' ')
  if (variablesIn(outside).length !== variablesIn(query).length)
    return {
      problem: 'a variable stands inside quotes',
      accepted: 'Write it without quotes, as a value: where shop = {{ labels.shop }}',
    }
  if (/\$\d/.test(outside))
    return { problem: 'a numbered parameter stands in the query', accepted: 'Write {{ labels.<name> }} instead' }
  const names = [...new Set(variablesIn(query))]
  return {
    block: {
      kind: 'sql',
      database: found[1] ?? '',
      query: query.replace(variable, (_written, name: string) => `$${names.indexOf(name) + 1}`),
      values: names.map((name) => `{{ ${name} }}`),
      expect: found[2] === undefined ? null : expectedOf(found[2].trim()),
    },
  }
}

function expectedOf(text: string): Expected {
  const operator = operators.find((one) => text.startsWith(one)) ?? '='
  return { operator, value: text.startsWith(operator) ? text.slice(operator.length).trim() : text }
}
