/** Splits a command line into words. It never fails: what is not closed ends with the line. */

export interface Token {
  text: string
  /** Where it begins in the line, its quote included. */
  start: number
}

// Whatever opens, and what closes it. Phones turn straight quotes into curly ones by themselves.
const quotes: Readonly<Record<string, string>> = { '"': '"', '“': '””“"', '„': '”“"', '«': '»', '»': '«' }

export function tokenize(line: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    if (/\s/.test(line[at] ?? '')) {
      at += 1
      continue
    }
    const token = readToken(line, at)
    tokens.push({ text: token.text, start: at })
    at = token.end
  }
  return tokens
}

function readToken(line: string, start: number): { text: string; end: number } {
  const closers = quotes[line[start] ?? '']
  if (closers) return readQuoted(line, start + 1, closers)
  let text = ''
  let at = start
  while (at < line.length && !/\s/.test(line[at] ?? '')) {
    // `<@U1|Ana Ferreira>` and `<https://x|a label>` are one word, spaces and all.
    const marked = line[at] === '<' ? /^<[@#!hm][^<>\n]*>/.exec(line.slice(at, at + 4_000)) : null
    text += marked ? marked[0] : line[at]
    at += marked ? marked[0].length : 1
  }
  return { text, end: at }
}

function readQuoted(line: string, start: number, closers: string): { text: string; end: number } {
  let text = ''
  for (let at = start; at < line.length; at += 1) {
    const letter = line[at] ?? ''
    if (closers.includes(letter)) return { text, end: at + 1 }
    const escaped = letter === '\\' ? line[at + 1] : undefined
    if (escaped !== undefined && (escaped === '\\' || closers.includes(escaped))) {
      text += escaped
      at += 1
    } else text += letter
  }
  return { text, end: line.length }
}
