/** One row of somebody's database. The server itself keeps the question from changing anything, and ends it in time. */
import type { Expected, Question, Seen } from '../../core/effects.ts'
import { type Row, talkTo } from '../../core/other-databases.ts'
import { clean, shorten } from '../../lib/text.ts'
import { reasonOf } from './address.ts'

type SqlQuestion = Extract<Question, { ask: 'sql' }>

const valueMax = 200

export async function askDatabase(url: string | null, question: SqlQuestion, signal: AbortSignal): Promise<Seen> {
  const { urlVariable, query, values, secondsMax, expect } = question
  if (url === null) return seen('unknown', `${urlVariable} is not set, so there is no database to ask`)
  try {
    const rows = await talkTo(url, { secondsMax, signal, isReadOnly: true }, async ({ ask }) => {
      // A cursor takes nothing but a query, and gives no more than is fetched.
      await ask(`declare tocsin_check no scroll cursor for ${query}`, values)
      return ask('fetch 2 from tocsin_check')
    })
    return read(rows, expect)
  } catch (error) {
    return seen('unknown', `the database does not answer: ${trouble(error)}`)
  }
}

function read([row, another]: readonly Row[], expect: Expected | null): Seen {
  if (!row) return seen('bad', 'no row')
  if (another) return seen('unknown', 'more than one row: add a limit, or count them')
  const found = Object.entries(row).map(([name, value]) => `${name} = ${shorten(textOf(value), valueMax)}`)
  const isMet = expect === null || isAsExpected(textOf(Object.values(row)[0]), expect)
  const wanted = expect === null || isMet ? '' : `; ${expect.operator} ${expect.value} was expected`
  return seen(isMet ? 'ok' : 'bad', `${shorten(found.join(', '), 1_500)}${wanted}`)
}

function isAsExpected(text: string, { operator, value }: Expected): boolean {
  if (operator === '=') return text === value
  const [found, wanted] = [Number(text), Number(value)]
  if (text.trim() === '' || Number.isNaN(found)) return false
  return { '<': found < wanted, '>': found > wanted, '<=': found <= wanted, '>=': found >= wanted }[operator]
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return clean(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))
}

/** PostgreSQL's own words about a query, which are what its author needs; of a lost connection only its code. */
function trouble(error: unknown): string {
  const isAboutQuery = error instanceof Error && 'severity' in error
  if (isAboutQuery) return shorten(clean(error.message), valueMax)
  return error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error)
}

function seen(outcome: Seen['outcome'], summary: string): Seen {
  return { outcome, summary, series: [] }
}
