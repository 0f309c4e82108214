/**
 * Reads a message as a leak would be read: before a second person does, and before any client. What blocks must be
 * mended; what warns is shown to whoever approves.
 */
import { momentOf, type Need } from './moments.ts'
import type { PublicFacts } from './public.ts'
import type { Rendered } from './rendering.ts'

export interface LintWords {
  /** Names of hosts, clusters and teams that clients must not read. */
  internal: readonly string[]
  customers: readonly string[]
  /** Hosts that a link may lead to. */
  hosts: readonly string[]
  /** Names of people in this workspace. */
  people: readonly string[]
}

export interface LintFinding {
  level: 'block' | 'warn'
  /** For whoever mends it: what, and what to do instead. */
  sentence: string
}

interface Pattern {
  pattern: RegExp
  sentence: string
  /** What was found may be repeated, so that nobody has to look for it: a secret may not, and a trace is long. */
  isNamed?: true
}

// Each looks for a shape, so that what nobody thought of listing is found too.
const blocking: readonly Pattern[] = [
  { pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/, sentence: 'an IP address: leave it out', isNamed: true },
  { pattern: /\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/i, sentence: 'an IP address: leave it out', isNamed: true },
  {
    pattern: /\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|corp|intra|svc|cluster|prod|staging)\b/i,
    sentence: 'the name of an internal host: say which service',
    isNamed: true,
  },
  {
    pattern: /<[@#!][^>]*>|(?<![\w.])@(?:here|channel|everyone|[a-z][\w.-]+)/i,
    sentence: 'a mention: clients do not know our people and channels',
    isNamed: true,
  },
  { pattern: /(?<!\w)#[a-z][a-z0-9_-]{2,}/, sentence: 'the name of a channel: leave it out', isNamed: true },
  {
    pattern: /\b(?!UTC-|GMT-|ISO-|P[1-9]-)[A-Z][A-Z0-9]{1,9}-\d{1,6}\b/,
    sentence: 'the key of a ticket: say what it is about',
    isNamed: true,
  },
  {
    pattern:
      /\bat [\w$.<>]+ ?\([^)]*:\d+(:\d+)?\)|Traceback \(most recent|^\s*File "[^"]+", line \d+|\b\w+(?:Exception|Error):/m,
    sentence: 'a stack trace: say what clients notice',
  },
  {
    pattern: /\b(?:select\s+.+\s+from|insert\s+into|update\s+\w+\s+set|delete\s+from|drop\s+table)\b/i,
    sentence: 'a piece of SQL: leave it out',
  },
  {
    pattern: /\b(?:xox[abprs]-|xapp-|ghp_|github_pat_|AKIA|sk-|sk_live_|-----BEGIN|eyJ[\w-]{10,}\.)/,
    sentence: 'what looks like a secret: take it out, and change that secret',
  },
  { pattern: /\b[0-9a-f]{32,}\b/i, sentence: 'a long number that means nothing to clients: leave it out' },
  { pattern: /(?<![\w])\/(?:[\w.-]+\/){2,}[\w.-]+/, sentence: 'the path of a file: leave it out', isNamed: true },
  {
    pattern: /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/,
    sentence: 'characters that cannot be seen: type the text anew',
  },
  { pattern: /\{\{|\}\}|\bTODO\b|\bTBD\b|\bXXX\b|\[…?\.{0,3}\]/, sentence: 'a gap that nobody filled: fill it' },
]

const warning: readonly Pattern[] = [
  {
    pattern:
      /\b(?:fault of|to blame|blame[ds]?|human error|careless|stupid|mistake by|schuld|menschliches versagen)\b/i,
    sentence: 'There are words of blame: say what happened, not whose fault it was',
  },
  {
    pattern: /\*\w[^*]*\*|~\w[^~]*~|```|<https?:/,
    sentence: 'There are marks of Slack’s own formatting, which clients see as they are',
  },
]

/** Held against what a person wrote, and not against our own promise of the next message. */
const promise = /\b(?:will|werden) (?:\w+ ){0,4}(?:by|until|within|in|bis) (?:\d|noon|tonight|tomorrow|heute|morgen)/i

const outage = /\b(?:outage|totalausfall|ausfall)\b/i
const lengthMax = 600

export function lint(
  moment: string,
  rendered: readonly Rendered[],
  facts: PublicFacts,
  words: LintWords,
): LintFinding[] {
  const found: LintFinding[] = missing(moment, facts)
  const text = rendered.flatMap(({ subject, text: body }) => [subject, body]).join('\n')
  const contactless = text.replace(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, (address) =>
    words.hosts.some((host) => address.endsWith(host)) ? '' : address,
  )
  for (const { pattern, sentence, isNamed } of blocking) {
    const [match] = pattern.exec(contactless) ?? []
    if (match === undefined) continue
    const said = isNamed ? sentence.replace(':', () => `, “${match.slice(0, 60)}”:`) : sentence
    found.push({ level: 'block', sentence: `There is ${said}.` })
  }
  found.push(...named(text, words.internal, (word) => `“${word}” is a name that only we use.`))
  found.push(...named(text, words.customers, (word) => `“${word}” is a client. Write to them alone instead.`))
  found.push(...named(text, words.people, (word) => `“${word}” is one of us. Say “we”.`))
  found.push(...foreignLinks(text, words.hosts))
  for (const { pattern, sentence } of warning)
    if (pattern.test(text)) found.push({ level: 'warn', sentence: `${sentence}.` })
  const spoken = [facts.name, facts.symptom, facts.workaround, facts.correction].join('\n')
  if (promise.test(spoken))
    found.push({ level: 'warn', sentence: 'It promises when it is over: promise the next message instead.' })
  if (moment === 'incident-first-suspected' && facts.impact === 'confirmed')
    found.push({
      level: 'warn',
      sentence:
        'You say that clients are concerned, and the message that we look into it: «First message: confirmed» fits.',
    })
  if (outage.test(spoken) && facts.level !== 'major')
    found.push({
      level: 'block',
      sentence: 'It says “outage”, and the level is not major: say “degraded” or raise the level.',
    })
  if (rendered.some((one) => one.text.length > lengthMax))
    found.push({
      level: 'warn',
      sentence: `It is longer than ${lengthMax} characters: people read the first sentence.`,
    })
  return found
}

const needSentences: Record<Need, string> = {
  symptom: 'What clients notice is missing.',
  workaround: 'What clients can do is missing.',
  correction: 'What is correct is missing.',
  dataLoss: 'Whether data was lost must be said: none, some, or not known yet.',
  window: 'From when to when is missing.',
  nextUpdate: 'When the next message comes must be said.',
  impact: 'A person must say whether clients are concerned: suspected or confirmed.',
}

function missing(name: string, facts: PublicFacts): LintFinding[] {
  const moment = momentOf(name)
  if (!moment) return [{ level: 'block', sentence: `There is no template ${name}.` }]
  const has: Record<Need, boolean> = {
    symptom: facts.symptom !== '',
    workaround: facts.workaround !== '',
    correction: facts.correction !== '',
    dataLoss: facts.dataLoss !== null,
    window: facts.window !== null,
    nextUpdate: facts.nextUpdateBy !== null,
    impact: facts.impact !== null,
  }
  const gaps = moment.needs.filter((need) => !has[need]).map((need) => needSentences[need])
  if (facts.name === '') gaps.push('What clients call it is missing.')
  if (
    facts.impact === 'suspected' &&
    !['incident-first-suspected', 'correction', 'incident-resolved'].includes(name) &&
    moment.kind === 'incident'
  )
    gaps.push('The impact is only suspected: confirm it, or use “looking into it”.')
  return gaps.map((sentence) => ({ level: 'block', sentence }))
}

function named(text: string, words: readonly string[], say: (word: string) => string): LintFinding[] {
  const bare = text.normalize('NFKC').toLowerCase()
  return words
    .filter(
      (word) =>
        word.trim() !== '' &&
        new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word.toLowerCase())}(?![\\p{L}\\p{N}])`, 'u').test(bare),
    )
    .map((word) => ({ level: 'block', sentence: say(word) }))
}

function foreignLinks(text: string, hosts: readonly string[]): LintFinding[] {
  const found = [...text.matchAll(/https?:\/\/([^\s/:?#]+)/gi)].map((match) => (match[1] ?? '').toLowerCase())
  const foreign = found.filter((host) => !hosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`)))
  return [...new Set(foreign)].map((host) => ({
    level: 'block',
    sentence: `The link to ${host} leads outside \`comms.words.hosts\`.`,
  }))
}

export function isBlocked(findings: readonly LintFinding[]): boolean {
  return findings.some(({ level }) => level === 'block')
}
