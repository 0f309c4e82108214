/**
 * Reads a runbook: Markdown with front matter. A list item is a step, a fenced block in it says what the step does; a
 * plain page without any of that becomes steps by its headings. A mistake names file and line, and costs this file only.
 */
import path from 'node:path'
import type { Code, Heading, ListItem, RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { z } from 'zod'
import { loadYaml, type Problem } from '../../core/config.ts'
import type { ContentPage } from '../../core/content.ts'
import { Duration } from '../../lib/duration.ts'
import { Matchers } from '../../lib/matchers.ts'
import { clean } from '../../lib/text.ts'
import { slug } from '../../lib/words.ts'
import { targetOf } from './domain.ts'
import { markupOf, textOf } from './markup.ts'
import type { PlannedStep, Runbook } from './runbook.ts'
import { isStepKind, readBlock } from './step-blocks.ts'
import { problemWith, variablesIn } from './variables.ts'

const quarter = 90 * 86_400_000
const names = z.array(z.string().min(1)).default([])

const frontMatter = z.strictObject({
  title: z.string().optional(),
  alerts: names,
  matchers: z.array(Matchers).default([]),
  services: names,
  severity: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat())
    .default([]),
  owner: z.string().nullable().default(null),
  reviewed_at: z.iso.date('write a day as 2026-10-01').nullable().default(null),
  review_every: Duration.default(quarter),
})

export type Read = { runbook: Runbook } | { problems: Problem[] }

export function readRunbook({ file, text: raw }: ContentPage): Read {
  const text = clean(raw)
  const { head, body, bodyLine } = split(text)
  const loaded = head === null ? { config: frontMatter.parse({}) } : loadYaml(head, file, frontMatter)
  if ('problems' in loaded) {
    // The first line of the file opens the front matter.
    return { problems: loaded.problems.map((problem) => ({ ...problem, line: problem.line + 1 })) }
  }

  const reading: Reading = { file, bodyLine, problems: [] }
  const sections = sectionsOf(fromMarkdown(body).children)
  const steps = stepsOf(sections, reading)
  if (steps.length === 0) complain(reading, bodyLine, 'there is no step in it', 'Write list items under a heading')
  checkAnswers(steps, reading)
  if (reading.problems.length > 0) return { problems: reading.problems }

  const { config } = loaded
  const prose = (name: string) => markupOf(sections.find((section) => section.name.toLowerCase() === name)?.nodes ?? [])
  const title = sections.find((section) => section.depth === 1)?.name
  return {
    runbook: {
      name: path.basename(file, '.md'),
      file,
      title: config.title ?? title ?? path.basename(file, '.md'),
      alerts: config.alerts,
      matchers: config.matchers,
      services: config.services,
      severities: config.severity,
      owner: config.owner,
      reviewedAt: config.reviewed_at,
      reviewEvery: config.review_every,
      meaning: prose('meaning'),
      impact: prose('impact'),
      steps,
    },
  }
}

interface Reading {
  file: string
  /** The line of the file that the Markdown begins on. */
  bodyLine: number
  problems: Problem[]
}

interface Section {
  name: string
  depth: number
  nodes: RootContent[]
}

function split(text: string): { head: string | null; body: string; bodyLine: number } {
  const found = /^---\n([\s\S]*?)\n---\n/.exec(text)
  if (!found) return { head: null, body: text, bodyLine: 1 }
  return { head: found[1] ?? '', body: text.slice(found[0].length), bodyLine: found[0].split('\n').length }
}

function sectionsOf(nodes: readonly RootContent[]): Section[] {
  const sections: Section[] = [{ name: '', depth: 0, nodes: [] }]
  for (const node of nodes) {
    if (node.type === 'heading') sections.push({ name: textOf(node as Heading).trim(), depth: node.depth, nodes: [] })
    else sections.at(-1)?.nodes.push(node)
  }
  return sections
}

const proseSections = ['', 'meaning', 'impact', 'background', 'see also', 'additional notes']

function stepsOf(sections: readonly Section[], reading: Reading): PlannedStep[] {
  const steps = sections
    .filter((section) => !proseSections.includes(section.name.toLowerCase()))
    .flatMap((section) => {
      const items = section.nodes.flatMap((node) => (node.type === 'list' ? node.children : []))
      return items.map((item, index) => stepOf(section.name, index + 1, item, reading))
    })
  return steps.length > 0 ? steps : plainSteps(sections, reading)
}

/** A page that was written without us in mind: each heading with text below it is one thing to do. */
function plainSteps(sections: readonly Section[], reading: Reading): PlannedStep[] {
  return sections
    .filter((section) => section.depth >= 2 && !proseSections.includes(section.name.toLowerCase()))
    .filter((section) => section.nodes.length > 0)
    .map((section) => ({
      id: `${slug(section.name, 30) || 'step'}-1`,
      section: section.name,
      words: markupOf(section.nodes),
      block: null,
      line: lineOf(section.nodes[0], reading),
    }))
}

function stepOf(section: string, number: number, item: ListItem, reading: Reading): PlannedStep {
  const line = lineOf(item, reading)
  const codes = item.children.filter((node): node is Code => node.type === 'code' && isStepKind(node.lang))
  const [code] = codes
  if (codes.length > 1) complain(reading, lineOf(codes[1], reading), 'a step does one thing', 'Make it two list items')
  const words = markupOf(item.children.filter((node) => !codes.some((one) => one === node)))
  if (words === '') complain(reading, line, 'the step says nothing', 'Say in a sentence what to look at and why')
  for (const name of variablesIn(words)) {
    const problem = problemWith(name)
    if (problem) complain(reading, line, problem, 'Use labels.<name>, annotations.<name> or incident.<key, title, …>')
  }
  return { id: `${slug(section, 30) || 'step'}-${number}`, section, words, block: blockOf(code, reading), line }
}

function blockOf(code: Code | undefined, reading: Reading): PlannedStep['block'] {
  if (!code || !isStepKind(code.lang)) return null
  const read = readBlock(code.lang, code.value)
  if ('block' in read) return read.block
  complain(reading, lineOf(code, reading), read.problem, read.accepted)
  return null
}

/** An answer leads to a step or a section further down: nobody is sent round in circles. */
function checkAnswers(steps: readonly PlannedStep[], reading: Reading): void {
  for (const [index, step] of steps.entries()) {
    if (step.block?.kind !== 'ask') continue
    for (const { answer, goTo, onward = [] } of step.block.choices) {
      let from = index
      for (const stop of [goTo, ...onward]) {
        from = checkStop(steps, { from, answer, stop, step }, reading)
      }
    }
  }
}

function checkStop(
  steps: readonly PlannedStep[],
  { from, answer, stop, step }: { from: number; answer: string; stop: string; step: PlannedStep },
  reading: Reading,
): number {
  const target = targetOf(steps, stop)
  if (target === -1)
    complain(
      reading,
      step.line,
      `"${answer}" leads to "${stop}", which is neither a step nor a section`,
      `Use ${steps
        .slice(from + 1)
        .map((later) => later.id)
        .join(', ')} or a heading`,
    )
  else if (target <= from)
    complain(reading, step.line, `"${answer}" leads back to ${stop}: a circle`, 'Let it lead to something below')
  return Math.max(from, target)
}

/** The line of the file that something in the Markdown stands on. */
function lineOf(
  node: { position?: { start: { line: number } } | undefined } | undefined,
  { bodyLine }: Reading,
): number {
  return bodyLine + (node?.position?.start.line ?? 1) - 1
}

function complain({ file, problems }: Reading, line: number, problem: string, accepted: string): void {
  problems.push({ file, line, key: '', problem, accepted })
}
