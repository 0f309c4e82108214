/**
 * The labels of the page in each language; sentences are templates. Clients of the JSON read the customary English words
 * instead, see api.ts.
 */
import type { Instant } from '../../../core/effects.ts'
import type { Locale } from '../locale.ts'
import type { ComponentState, Phase } from './record.ts'
import type { Problem } from './subscribers/domain.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'

export interface Words {
  states: Record<ComponentState, string>
  phases: Record<Phase, string>
  /** Twelve, long. */
  months: readonly string[]
  date(day: number, month: string, year: string): string
  minutes(n: number): string
  hours(n: number): string
  days(n: number): string

  goingOn: string
  components: string
  plannedWork: string
  history: string
  now: string
  calendar: string
  lastDays(n: number): string
  allUpdates(n: number): string
  moreInHistory(n: number): string
  since(from: string): string
  sinceUntil(from: string, until: string, lasted: string): string
  fromTo(from: string, to: string): string
  corrects(when: string): string
  correctedLater: string
  /** Said beside words that were published in another language only. */
  inOtherLanguage: string

  badDays(n: number): string
  unknownDays(n: number): string
  stateFor(state: string, span: string): string
  uptime(share: string): string
  unknownUptime: string
  known(share: string): string

  subscribe: string
  subscribeByMail: string
  address: string
  aboutWhat: string
  everything: string
  some: string
  confirm: string
  unsubscribe: string
  more: string
  titles: Record<'asked' | 'confirmed' | 'left' | 'link-unknown', string>
  problems: Record<Problem, string>
}

const all: Record<Locale, Words> = { en, de }

export function wordsIn(locale: Locale): Words {
  return all[locale]
}

/** `2 Mar 2026, 14:05 UTC`. Always UTC: nobody can ask a page without a script where its reader is. */
export function timeWords(instant: Instant, words: Words): string {
  return `${dateWords(instant, words)}, ${instant.slice(11, 16)} UTC`
}

export function dateWords(instant: Instant, { months, date }: Words): string {
  const [year = '', month, day] = instant.slice(0, 10).split('-')
  return date(Number(day), months[Number(month) - 1] ?? '', year)
}

export function monthWords(month: string, { months }: Words): string {
  const [year, number] = month.split('-')
  return `${months[Number(number) - 1]} ${year}`
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const

/** The two largest units: «3 hours 5 minutes». Less than a minute is a minute: it was felt. */
export function spanWords(milliseconds: number, words: Words): string {
  const rounded = Math.max(minute, Math.round(milliseconds / minute) * minute)
  const days = Math.floor(rounded / day)
  const hours = Math.floor((rounded % day) / hour)
  const minutes = Math.floor((rounded % hour) / minute)
  const parts = [
    ...(days > 0 ? [words.days(days)] : []),
    ...(hours > 0 ? [words.hours(hours)] : []),
    ...(minutes > 0 ? [words.minutes(minutes)] : []),
  ]
  return parts.slice(0, 2).join(' ')
}
