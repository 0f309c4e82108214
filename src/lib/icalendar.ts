/** A calendar that programs subscribe to (RFC 5545). */

export interface CalendarEvent {
  /** The same for ever, and no other event's. */
  uid: string
  from: number
  until: number
  /** When it was last changed. */
  changedAt: number
  /** How often it was changed: programs take over what has a greater number. */
  sequence?: number
  summary: string
  description?: string
  url?: string
  isCancelled?: boolean
}

export function calendarText(product: string, events: readonly CalendarEvent[], more: readonly string[] = []): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:-//Tocsin//${product}//EN`,
    ...more,
    ...events.flatMap(eventLines),
    'END:VCALENDAR',
    '',
  ]
  return lines.map(fold).join('\r\n')
}

function eventLines(event: CalendarEvent): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${event.uid}`,
    `DTSTAMP:${stamp(event.changedAt)}`,
    `DTSTART:${stamp(event.from)}`,
    `DTEND:${stamp(event.until)}`,
    ...(event.sequence === undefined ? [] : [`SEQUENCE:${event.sequence}`]),
    `SUMMARY:${escapeText(event.summary)}`,
    ...(event.description === undefined ? [] : [`DESCRIPTION:${escapeText(event.description)}`]),
    ...(event.url === undefined ? [] : [`URL:${event.url}`]),
    ...(event.isCancelled ? ['STATUS:CANCELLED'] : []),
    'END:VEVENT',
  ]
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
