/** The few words of the page that machines and people read alike: names of states and phases, dates and lengths of time. */
import type { Instant } from '../../../core/effects.ts'
import { plural } from '../../../lib/words.ts'
import type { ComponentState, Phase } from './record.ts'

export const stateNames: Record<ComponentState, string> = {
  operational: 'Operational',
  maintenance: 'Under maintenance',
  degraded: 'Degraded performance',
  partial: 'Partial outage',
  major: 'Major outage',
}

export const phaseNames: Record<Phase, string> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  scheduled: 'Scheduled',
  in_progress: 'In progress',
  completed: 'Completed',
  cancelled: 'Called off',
  notice: 'Notice',
}

/** `2 Mar 2026, 14:05 UTC`. Always UTC: nobody can ask a page without a script where its reader is. */
export function timeWords(instant: Instant): string {
  return `${dateWords(instant)}, ${instant.slice(11, 16)} UTC`
}

export function dateWords(instant: Instant): string {
  const [year, month, day] = instant.slice(0, 10).split('-')
  return `${Number(day)} ${months[Number(month) - 1]?.slice(0, 3)} ${year}`
}

export function monthWords(month: string): string {
  const [year, number] = month.split('-')
  return `${months[Number(number) - 1]} ${year}`
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const

/** The two largest units: «3 hours 5 minutes». Less than a minute is a minute: it was felt. */
export function spanWords(milliseconds: number): string {
  const rounded = Math.max(minute, Math.round(milliseconds / minute) * minute)
  const days = Math.floor(rounded / day)
  const hours = Math.floor((rounded % day) / hour)
  const minutes = Math.floor((rounded % hour) / minute)
  const parts = [
    ...(days > 0 ? [plural(days, 'day', 'days')] : []),
    ...(hours > 0 ? [plural(hours, 'hour', 'hours')] : []),
    ...(minutes > 0 ? [plural(minutes, 'minute', 'minutes')] : []),
  ]
  return parts.slice(0, 2).join(' ')
}
