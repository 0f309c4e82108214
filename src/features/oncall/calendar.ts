/** A schedule as a calendar that people subscribe to. */
import { calendarText } from '../../lib/icalendar.ts'
import type { OncallConfig } from './config.ts'
import { type Override, type Rotation, shiftsBetween } from './rotation.ts'

const day = 86_400_000

export function calendarOf(
  name: string,
  given: { rotation: Rotation; overrides: readonly Override[]; people: OncallConfig['people'] },
  now: Date,
): string {
  const { rotation, overrides, people } = given
  const shifts = shiftsBetween(rotation, overrides, now.getTime() - 14 * day, now.getTime() + 90 * day)
  const events = shifts.map(({ from, until, person }) => {
    const who = person === null ? 'nobody' : (people[person]?.name ?? person)
    const summary = `On call for ${name}: ${who}`
    return { uid: `${name}-${from}@tocsin`, from, until, changedAt: now.getTime(), summary }
  })
  return calendarText('on call', events)
}
