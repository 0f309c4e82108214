/**
 * Takes secrets out of what a child says, before it reaches a disk, a log or Slack: the values that it was given, and
 * what looks like a secret anywhere. Works on a stream: a secret may come in two pieces.
 */
import { StringDecoder } from 'node:string_decoder'

const blot = '[redacted]'
// A value this short is no secret that can be found without blotting out half of the text.
const shortestSecret = 6

const patterns: readonly (readonly [RegExp, string])[] = [
  // The password in an address.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, `$1:${blot}@`],
  [/\b(authorization:\s*(?:bearer|basic)\s+)\S+/gi, `$1${blot}`],
  [/\b(password|passwd|secret|token|api[_-]?key)(["']?\s*[=:]\s*["']?)[^\s"',;&]{4,}/gi, `$1$2${blot}`],
  [/\b(?:xox[abposr]-|xapp-|gh[pousr]_|github_pat_|glpat-|AKIA)[A-Za-z0-9_-]{8,}/g, blot],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, blot],
]

export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, blot), text)
  return patterns.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), known)
}

export interface Redactor {
  /** What can be said by now; the rest waits for the end of its line. */
  take(chunk: Buffer): string
  end(): string
}

// A line this long is let go in pieces, or a child that never ends its line would fill the memory.
const lineMax = 64 * 1024

export function redactor(secrets: readonly string[]): Redactor {
  const decoder = new StringDecoder('utf8')
  const held = { text: '' }
  // A secret with line breaks (a key file) must not be cut at one of them.
  const linesOfSecrets = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
  const overlap = Math.max(0, ...secrets.map((secret) => secret.length))
  return {
    take(chunk) {
      held.text += decoder.write(chunk)
      const lineEnd = held.text.lastIndexOf('\n') + 1
      const cut = lineEnd > 0 ? lineEnd : held.text.length > lineMax + overlap ? held.text.length - overlap : 0
      const ready = held.text.slice(0, cut)
      held.text = held.text.slice(cut)
      return redact(ready, linesOfSecrets)
    },
    end() {
      const rest = held.text + decoder.end()
      held.text = ''
      return redact(rest, linesOfSecrets)
    },
  }
}
