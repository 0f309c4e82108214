/** A schedule as a calendar (RFC 5545) that people subscribe to. */
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
  const events = shifts.flatMap(({ from, until, person }) => {
    const who = person === null ? 'nobody' : (people[person]?.name ?? person)
    return [
      'BEGIN:VEVENT',
      `UID:${name}-${from}@tocsin`,
      `DTSTAMP:${stamp(now.getTime())}`,
      `DTSTART:${stamp(from)}`,
      `DTEND:${stamp(until)}`,
      `SUMMARY:${escapeText(`On call for ${name}: ${who}`)}`,
      'END:VEVENT',
    ]
  })
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Tocsin//on call//EN', ...events, 'END:VCALENDAR', '']
  return lines.map(fold).join('\r\n')
}

function stamp(instant: number): string {
  return new Date(instant).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r?\n/g, '\\n')
}

/** No line longer than 75 octets; a break must not fall within a character. */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const character of line) {
    if (Buffer.byteLength(part + character) > 74) {
      parts.push(part)
      part = ` ${character}`
    } else part += character
  }
  return [...parts, part].join('\r\n')
}
