/**
 * Reads a mail as a person does: its subject, and the part that is plain text.
 *
 * The source has one character a byte, because only the mail itself says which alphabet its bytes are in.
 */
export function readMail(source: string): { messageId: string; subject: string; text: string } {
  const mail = readPart(source)
  const messageId = mail.headers.get('message-id') ?? ''
  return { messageId, subject: readHeader(mail.headers.get('subject') ?? ''), text: textOf(mail) ?? '' }
}

interface Part {
  /** By name, in small letters. */
  headers: ReadonlyMap<string, string>
  body: string
}

function readPart(source: string): Part {
  // A part without headers begins with the empty line.
  const gap = /^\r\n|\r\n\r\n/.exec(source)
  const head = gap ? source.slice(0, gap.index) : source
  const body = gap ? source.slice(gap.index + gap[0].length) : ''
  const headers = new Map<string, string>()
  for (const line of head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { headers, body }
}

/** Null when there is nothing to read, only pictures and attachments. */
function textOf(part: Part): string | null {
  const type = part.headers.get('content-type') ?? 'text/plain'
  if (/^multipart\//i.test(type)) return textOfAny(partsOf(part.body, parameterOf(type, 'boundary') ?? ''))
  if (!/^text\//i.test(type)) return null
  const bytes = decodeBody(part.body, part.headers.get('content-transfer-encoding') ?? '7bit')
  return decodeBytes(bytes, parameterOf(type, 'charset') ?? 'utf-8')
    .replaceAll('\r\n', '\n')
    .trimEnd()
}

/** Of alternatives the plain one is read; without one, the first that is any text. */
function textOfAny(parts: readonly Part[]): string | null {
  const isPlain = (part: Part) => /^text\/plain\b/i.test(part.headers.get('content-type') ?? 'text/plain')
  const plainFirst = [...parts.filter(isPlain), ...parts.filter((part) => !isPlain(part))]
  for (const part of plainFirst) {
    const text = textOf(part)
    if (text !== null) return text
  }
  return null
}

/** Between lines of `--boundary`; what stands before the first and after the last is for nobody. */
function partsOf(body: string, boundary: string): Part[] {
  const [, ...pieces] = `\r\n${body}`.split(`\r\n--${boundary}`)
  const end = pieces.findIndex((piece) => piece.startsWith('--'))
  const inside = end < 0 ? pieces : pieces.slice(0, end)
  return inside.map((piece) => readPart(piece.replace(/^[ \t]*\r\n/, '')))
}

/** `text/plain; charset="utf-8"` */
function parameterOf(value: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(value) ?? []
  return quoted ?? bare
}

function decodeBody(body: string, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64')
    case 'quoted-printable':
      // Spaces at the end of a line were added on the way; `=` there means that the line goes on.
      return decodeQuoted(body.replace(/[ \t]+(?=\r\n|$)/g, '').replace(/=\r\n/g, ''))
    default:
      return Buffer.from(body, 'latin1')
  }
}

/** `Gr=C3=B6=C3=9Fe` */
function decodeQuoted(text: string): Buffer {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** `=?utf-8?Q?Gr=C3=B6=C3=9Fe?=` (RFC 2047); the space between two such words belongs to neither. */
function readHeader(value: string): string {
  return decodeBytes(Buffer.from(value, 'latin1'), 'utf-8')
    .replace(/\?=[ \t]+=\?/g, '?==?')
    .replace(/=\?([^?*\s]+)[^?\s]*\?([bq])\?([^?\s]*)\?=/gi, (_whole, charset: string, kind: string, coded: string) => {
      const isBase64 = kind.toLowerCase() === 'b'
      return decodeBytes(isBase64 ? Buffer.from(coded, 'base64') : decodeQuoted(coded.replaceAll('_', ' ')), charset)
    })
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // An alphabet that nobody knows: one character a byte shows at least what is English.
    return bytes.toString('latin1')
  }
}
