/**
 * How fields are read that somebody else writes: leniently. What is needed and missing is refused by its name; what is
 * odd beside it is left out, cut to length, or read as well as it can be, for an alert is worth more than its form.
 */
import { z } from 'zod'
import { shorten } from '../../../lib/text.ts'
import type { AlertLink, Parsed } from './source.ts'

const labelsMax = 100
const labelLengthMax = 1_000
const textMax = 20_000
const addressMax = 2_000

/** A word or a number as text; null for anything else, and for what a sender writes when it has nothing to say. */
export const Text = z
  .unknown()
  .optional()
  .transform((given): string | null => textOf(given))

/** Names to texts, however the sender writes the values. */
export const Texts = z
  .unknown()
  .optional()
  .transform((given): Record<string, string> => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return {}
    const entries = Object.entries(given).flatMap(([name, value]) => {
      const text = textOf(value)
      return text === null || name.trim() === '' ? [] : [[shorten(name.trim(), 200), text] as const]
    })
    return Object.fromEntries(entries.slice(0, labelsMax))
  })

/** An object of which we know nothing, or an empty one: for what is only kept. */
export const Anything = z
  .unknown()
  .optional()
  .transform((given) => (isObject(given) ? given : {}))
  .pipe(z.record(z.string(), z.unknown()))

function textOf(given: unknown): string | null {
  if (typeof given === 'number' || typeof given === 'boolean') return String(given)
  if (typeof given !== 'string') return null
  const text = given.trim()
  return text === '' ? null : shorten(text, textMax)
}

export function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

/** As matchers can name it: `availability-zone` is `availability_zone`. */
export function labelName(text: string): string {
  const plain = text.trim().replace(/[^a-zA-Z0-9_]+/g, '_')
  return shorten(/^[0-9]/.test(plain) ? `_${plain}` : plain, 200)
}

/** Those that have a value. */
export function labelsOf(all: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  const named = Object.entries(all).flatMap(([name, value]) =>
    value === null || value === undefined || labelName(name) === ''
      ? []
      : [[labelName(name), shorten(value, labelLengthMax)] as const],
  )
  return Object.fromEntries(named.slice(0, labelsMax))
}

/** A moment in ISO 8601 with its zone, or in milliseconds or seconds since 1970; null for what is none. */
export function momentOf(given: unknown): string | null {
  const moment = typeof given === 'string' && !/^\d+(\.\d+)?$/.test(given.trim()) ? fromText(given) : fromNumber(given)
  if (moment === null || Number.isNaN(moment.getTime())) return null
  // Go's zero time, and whatever else no alert ever had.
  const year = moment.getUTCFullYear()
  return year < 2000 || year > 2200 ? null : moment.toISOString()
}

function fromText(text: string): Date | null {
  const trimmed = text.trim()
  if (!/^\d{4}-\d{2}-\d{2}T/.test(trimmed)) return null
  // Without a zone it would be read in ours; amazon writes +0000 and sentry sometimes nothing, and both mean UTC.
  const isZoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed)
  return new Date(isZoned ? trimmed.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : `${trimmed}Z`)
}

const secondsUntil2200 = 7_258_118_400

function fromNumber(given: unknown): Date | null {
  const number = typeof given === 'string' ? Number(given) : given
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return null
  return new Date(number < secondsUntil2200 ? number * 1_000 : number)
}

/** Only what a browser opens as a page: never `javascript:`, never a file. */
export function addressOf(given: unknown): string | null {
  const text = textOf(given)
  if (text === null || text.length > addressMax) return null
  const url = URL.parse(text)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? text : null
}

export function linksOf(all: readonly (readonly [title: string, address: unknown])[]): AlertLink[] {
  const links = all.flatMap(([title, given]) => {
    const url = addressOf(given)
    return url === null ? [] : [{ title, url }]
  })
  return links.filter(({ url }, index) => links.findIndex((other) => other.url === url) === index)
}

/** The first thing that is wrong, by the name of its field. */
export function misfit(error: z.ZodError, prefix = ''): Extract<Parsed, { field: string }> {
  const [issue] = error.issues
  const field = `${prefix}${issue?.path.join('.') ?? ''}`.replace(/\.$/, '')
  const problem = issue?.message ?? 'is not understood'
  return { field, problem: field === '' ? `The body ${problem}` : `"${field}" ${problem}` }
}

/** An alert without any name is shown all the same. */
export const unnamed = 'Unnamed alert'

export const titleLengthMax = 3_000
