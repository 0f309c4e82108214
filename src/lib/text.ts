/** Text from outside, made safe to keep, and text cut to length without breaking a character. */

// Controls, except line feed and tab. PostgreSQL's jsonb refuses NUL; terminals and logs obey the rest.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point.
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g
// They turn the reading order around, so that "gpj.exe" reads as "exe.jpg".
const directions = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/g
// Nothing to see, much to hide behind. The joiner U+200D stays: emoji are built with it.
const invisible = /[\u200B\u200C\u2060\uFEFF\u00AD]/g

const harmless = /^[\x20-\x7E\n\t]*$/

/** Whether cleaning would leave it as it is; not all of such text is found. */
export function isHarmless(text: string): boolean {
  return harmless.test(text)
}

/** The one door for text from outside. Doing it twice changes nothing. */
export function clean(text: string): string {
  // Nearly all text is this, and a storm brings much of it.
  if (isHarmless(text)) return text
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(controls, '')
    .replace(directions, '')
    .replace(invisible, '')
}

/** Every string in a JSON value, keys too. */
export function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map(cleanDeep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), cleanDeep(inner)]))
}

/** At most `max` UTF-16 units, as Slack counts, ending in «…» when something was left out. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  return `${cut(text, max - 1).trimEnd()}…`
}

/** Pieces of at most `max` (2 or more), broken at a line, else at a space, else between characters. Joined, they are the whole. */
export function splitText(text: string, max: number): string[] {
  const pieces: string[] = []
  let rest = text
  while (rest.length > max) {
    const piece = cut(rest, max)
    const breakAt = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\n') > max / 2 ? 0 : piece.lastIndexOf(' '))
    const end = breakAt > max / 2 ? breakAt + 1 : piece.length
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest)
  return pieces
}

/** Never between the two halves of a surrogate pair. */
function cut(text: string, max: number): string {
  const last = text.charCodeAt(max - 1)
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isHighSurrogate ? max - 1 : max)
}
