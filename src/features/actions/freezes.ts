/** When nothing may be changed: windows by the wall clock of a place. Deny beats allow; outside all allowed ones is denied. */
import { z } from 'zod'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'write a time as "18:00"')
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write a day as "2026-12-24"')

export const freezeSchema = z.strictObject({
  name: z.string().min(1).max(60),
  kind: z.enum(['deny', 'allow']),
  /** `checkout/production`, or with * for either part. */
  scope: z
    .string()
    .regex(/^[^/\s]+\/[^/\s]+$/, 'write a scope as service/environment, with * for any')
    .default('*/*'),
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays]),
  /** A window that ends before it begins goes over midnight; it belongs to the day on which it began. */
  from: timeOfDay.default('00:00'),
  to: timeOfDay.default('24:00'),
  firstDay: day.nullable().default(null),
  lastDay: day.nullable().default(null),
  timeZone: z.string().refine(isTimeZone, 'is no time zone, such as Europe/Berlin').default('UTC'),
  exempt: z
    .strictObject({ groups: z.array(z.string()).default([]), severity: z.string().nullable().default(null) })
    .prefault({}),
})
export type Freeze = z.infer<typeof freezeSchema>

export interface FreezeQuestion {
  target: string
  now: Date
  /** Groups that whoever asks is in. */
  standing: readonly string[]
  /** Of the incident that it is for; null without one. */
  severity: string | null
  /** Names, the gravest first. */
  severities: readonly string[]
}

/** The freeze that stands in the way, null when none does. */
export function freezeFor(freezes: readonly Freeze[], question: FreezeQuestion): Freeze | null {
  const mine = freezes.filter((freeze) => covers(freeze.scope, question.target) && !isExempt(freeze, question))
  const denying = mine.find((freeze) => freeze.kind === 'deny' && isOpen(freeze, question.now))
  if (denying) return denying
  const allowing = mine.filter((freeze) => freeze.kind === 'allow')
  if (allowing.length === 0 || allowing.some((freeze) => isOpen(freeze, question.now))) return null
  return allowing[0] ?? null
}

export function covers(scope: string, target: string): boolean {
  const [service, environment] = scope.split('/')
  const [ofService, ofEnvironment] = target.split('/')
  return (service === '*' || service === ofService) && (environment === '*' || environment === ofEnvironment)
}

function isExempt({ exempt }: Freeze, { standing, severity, severities }: FreezeQuestion): boolean {
  if (exempt.groups.some((group) => standing.includes(group))) return true
  if (exempt.severity === null || severity === null) return false
  const [mine, mildest] = [severities.indexOf(severity), severities.indexOf(exempt.severity)]
  return mine >= 0 && mine <= mildest
}

function isOpen(freeze: Freeze, now: Date): boolean {
  const here = wallClock(now, freeze.timeZone)
  const [from, to] = [minutesOf(freeze.from), minutesOf(freeze.to)]
  if (from < to) return isOn(freeze, here) && here.minutes >= from && here.minutes < to
  const before = wallClock(new Date(now.getTime() - 24 * 60 * 60_000), freeze.timeZone)
  return (isOn(freeze, here) && here.minutes >= from) || (isOn(freeze, before) && here.minutes < to)
}

function isOn({ days, firstDay, lastDay }: Freeze, { weekday, date }: WallClock): boolean {
  if (firstDay !== null && date < firstDay) return false
  if (lastDay !== null && date > lastDay) return false
  return days.some((one) => one === weekday)
}

interface WallClock {
  date: string
  weekday: string
  minutes: number
}

function wallClock(at: Date, timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    weekday: (part.weekday ?? '').toLowerCase(),
    minutes: Number(part.hour) * 60 + Number(part.minute),
  }
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
