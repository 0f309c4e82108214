/** All runbooks: which one is for this alert or incident, and which one somebody means by a few words. */
import type { Problem } from '../../core/config.ts'
import type { ContentPage } from '../../core/content.ts'
import { matches } from '../../lib/matchers.ts'
import { slips } from '../../lib/words.ts'
import { readRunbook } from './format.ts'
import type { Runbook } from './runbook.ts'

export interface Library {
  runbooks: readonly Runbook[]
  /** What could not be read. The others are there all the same. */
  problems: readonly Problem[]
}

/** What is known of the alert or incident that a runbook is looked for. */
export interface Occasion {
  labels: Readonly<Record<string, string>>
  /** Where an alert says itself which runbook is its own: a name, a path or an address. */
  pointers: readonly string[]
  service: string | null
  severity: string
}

// Every rule, lint and look reads the same pages; five hundred of them are worth a second.
const libraries = new WeakMap<readonly ContentPage[], Library>()

export function readLibrary(pages: readonly ContentPage[]): Library {
  const library = libraries.get(pages) ?? readAll(pages)
  libraries.set(pages, library)
  return library
}

function readAll(pages: readonly ContentPage[]): Library {
  const read = pages.map(readRunbook)
  const runbooks = read.flatMap((one) => ('runbook' in one ? [one.runbook] : []))
  const problems = read.flatMap((one) => ('problems' in one ? one.problems : []))
  const byName = Map.groupBy(runbooks, (runbook) => runbook.name)
  for (const [name, [first, second]] of byName) {
    if (first && second)
      problems.push({
        file: second.file,
        line: 1,
        key: '',
        problem: `is called ${name}, as ${first.file} is`,
        accepted: 'Give it another name',
      })
  }
  return { runbooks, problems }
}

export function find(library: Library, name: string): Runbook | null {
  return library.runbooks.find((runbook) => runbook.name === name.toLowerCase()) ?? null
}

/**
 * The runbooks for an occasion: those that the alert points at; else those that name it; else those whose matchers fit;
 * else those of its service. `isSure`: it can be opened without asking.
 */
export function matching(library: Library, occasion: Occasion): { runbooks: readonly Runbook[]; isSure: boolean } {
  const pointed = occasion.pointers.map(nameOf)
  const fitsService = ({ services }: Runbook) =>
    services.length === 0 || (occasion.service !== null && services.includes(occasion.service))
  const fits = (runbook: Runbook) => fitsService(runbook) && fitsSeverity(runbook, occasion)
  const alert = occasion.labels.alertname ?? ''
  const tiers: ((runbook: Runbook) => boolean)[] = [
    (runbook) => pointed.includes(runbook.name),
    (runbook) => alert !== '' && runbook.alerts.includes(alert) && fitsService(runbook),
    (runbook) => runbook.matchers.some((set) => set.length > 0 && matches(set, occasion.labels)) && fits(runbook),
  ]
  for (const isFor of tiers) {
    const runbooks = library.runbooks.filter(isFor)
    if (runbooks.length > 0) return { runbooks, isSure: runbooks.length === 1 }
  }
  const ofService = library.runbooks.filter(
    (runbook) =>
      runbook.services.length > 0 && runbook.alerts.length === 0 && runbook.matchers.length === 0 && fits(runbook),
  )
  return { runbooks: ofService, isSure: false }
}

function fitsSeverity({ severities }: Runbook, { severity }: Occasion): boolean {
  return severities.length === 0 || severities.includes(severity)
}

/** `https://host/runbooks/HighLatency.md#steps` and `high-latency` both name a runbook. */
export function nameOf(pointer: string): string {
  const path = pointer.replace(/[?#].*$/, '').replace(/\/+$/, '')
  return (path.split('/').at(-1) ?? '').replace(/\.(md|html?)$/i, '').toLowerCase()
}

const foundMax = 5

/** By words, forgiving slips of the fingers. The best first. */
export function search(library: Library, words: string): readonly Runbook[] {
  const wanted = tokens(words)
  if (wanted.length === 0) return []
  const scored = library.runbooks.map((runbook) => ({ runbook, score: scoreOf(runbook, wanted) }))
  const best = Math.max(0, ...scored.map(({ score }) => score))
  return scored
    .filter(({ score }) => score > 0 && score >= best / 3)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, foundMax)
    .map(({ runbook }) => runbook)
}

/** A word of the name or title says more than one of the alerts and services, and that more than one of the text. */
function scoreOf(runbook: Runbook, wanted: readonly string[]): number {
  const fields = [
    { weight: 8, words: tokens(`${runbook.name} ${runbook.title}`) },
    { weight: 4, words: tokens([...runbook.alerts, ...runbook.services].join(' ')) },
    {
      weight: 1,
      words: tokens([runbook.meaning, runbook.impact, ...runbook.steps.map((step) => step.words)].join(' ')),
    },
  ]
  const scores = wanted.map((word) => Math.max(...fields.map(({ weight, words }) => weight * closeness(word, words))))
  const total = scores.reduce((sum, score) => sum + score, 0)
  // All words found somewhere is better than one word found in the title.
  return total * (scores.filter((score) => score > 0).length / wanted.length)
}

function closeness(word: string, words: readonly string[]): number {
  if (words.includes(word)) return 1
  if (word.length >= 4 && words.some((candidate) => candidate.startsWith(word))) return 0.8
  const allowed = word.length >= 8 ? 2 : word.length >= 5 ? 1 : 0
  return allowed > 0 && words.some((candidate) => slips(word, candidate) <= allowed) ? 0.6 : 0
}

const stopWords = ['a', 'an', 'and', 'are', 'in', 'is', 'of', 'on', 'or', 'the', 'to', 'too', 'what', 'when', 'with']

function tokens(text: string): string[] {
  const words = text
    // HighErrorRate is three words.
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
  return (words ?? []).filter((word) => !stopWords.includes(word))
}

/** Past the day by which somebody should have looked at it again. */
export function isStale({ reviewedAt, reviewEvery }: Pick<Runbook, 'reviewedAt' | 'reviewEvery'>, now: Date): boolean {
  return reviewedAt === null || Date.parse(reviewedAt) + reviewEvery < now.getTime()
}
