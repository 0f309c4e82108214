/**
 * Contacts on paper: made from tocsin.yml alone, so that it can be written, and read, when everything else is down.
 * Overrides are not in it; the page says so.
 */
import type { SharedConfig } from '../../core/shared-config.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import type { OncallConfig } from './config.ts'
import { shiftsBetween } from './rotation.ts'

const days = 28

export function printedContacts(config: SharedConfig & Readonly<Record<string, unknown>>, now: Date): string {
  const own = config.oncall as OncallConfig
  const until = now.getTime() + days * 86_400_000
  const nameOf = (person: string | null) => (person === null ? 'NOBODY' : (own.people[person]?.name ?? person))
  const people = Object.entries(own.people).map(
    ([id, { name, phone, email }]) => `${name.padEnd(24)} ${(phone ?? 'no number').padEnd(20)} ${email ?? ''} (${id})`,
  )
  const schedules = Object.entries(own.schedules).flatMap(([name, { timeZone, layers, holidays }]) => {
    const shifts = shiftsBetween({ zone: zoneOf(timeZone), layers, holidays }, [], now.getTime(), until)
    const lines = shifts.map(({ from, person }) => `  from ${minuteOf(from)} UTC  ${nameOf(person)}`)
    return [`${name} (hands over in ${timeZone})`, ...lines, '']
  })
  const others = own.contacts.map(({ name, for: what, phone, email, url, note }) =>
    [`${name} (${what})`, phone, email, url, note].filter((part) => part).join('  '),
  )
  return [
    `CONTACTS, written ${minuteOf(now.getTime())} UTC. Overrides made since in Slack are not in it.`,
    '',
    'OUR PEOPLE',
    ...people,
    '',
    `ON CALL IN THE NEXT ${days} DAYS`,
    ...schedules,
    'THOSE WHO SUPPORT US',
    ...others,
    '',
  ].join('\n')
}

function minuteOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ')
}
