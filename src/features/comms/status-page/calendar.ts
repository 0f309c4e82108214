/** Planned work as a calendar to subscribe to. What was called off stays in it, marked so: programs remove it then. */
import { calendarText } from '../../../lib/icalendar.ts'
import type { StatusPage } from './page.ts'

const hour = 3_600_000

export function maintenanceCalendar(page: StatusPage): string {
  const planned = page.happenings.filter(({ kind }) => kind === 'maintenance')
  const events = planned.map(({ publicId, title, phase, updates, startedAt, endsAt }) => {
    const from = Date.parse(startedAt)
    const newest = updates.at(-1)
    return {
      uid: `${publicId}@${new URL(page.url).hostname}`,
      from,
      // Without an end it would last no time at all, and programs would not show it.
      until: Math.max(endsAt === null ? 0 : Date.parse(endsAt), from + (endsAt === null ? hour : 60_000)),
      changedAt: Date.parse(newest?.publishedAt ?? startedAt),
      sequence: updates.length - 1,
      summary: title,
      description: newest?.body ?? '',
      url: `${page.url}/status/incidents/${publicId}`,
      isCancelled: phase === 'cancelled',
    }
  })
  return calendarText('maintenance', events, [
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${page.name.replace(/[\\;,\r\n]/g, ' ')}`,
  ])
}
