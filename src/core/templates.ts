/**
 * Sentences that somebody who is no engineer may want to reword: `message-templates/<feature>/<moment>.<medium>.hbs`,
 * beside a sample of what they are given; `all.sample.json` serves those of its folder that have none of their own.
 * Each is rendered with its sample at start, so a broken one is found by whoever changed it, not at night by whoever
 * needs it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Handlebars from 'handlebars'
import { formatDuration } from '../lib/duration.ts'
import { escapeText, Markup, when } from '../lib/mrkdwn.ts'
import { clean } from '../lib/text.ts'
import { plural } from '../lib/words.ts'
import type { Problem } from './config.ts'

export type Medium = 'slack' | 'text' | 'subject' | 'html'

export interface Templates {
  /** `render('incidents/resolved', 'slack', {…})` */
  render(name: string, medium: Medium, data: Record<string, unknown>): string
  names(): readonly string[]
}

const fileName = /^([a-z0-9-]+)\.(slack|text|subject|html)\.hbs$/

const escapes: Record<Medium, (text: string) => string> = {
  slack: escapeText,
  text: (text) => text,
  subject: (text) => text.replaceAll('\n', ' '),
  html: (text) => Handlebars.escapeExpression(text),
}

/** A later folder's file takes the place of an earlier one's of the same name: how operators reword. */
export function loadTemplates(folders: readonly string[]): { templates: Templates } | { problems: Problem[] } {
  const compiled = new Map<string, (data: Record<string, unknown>) => string>()
  const problems: Problem[] = []
  const samples = new Map<string, unknown>()
  for (const folder of folders) {
    for (const file of filesIn(folder)) {
      const found = fileName.exec(path.basename(file))
      if (file.endsWith('.sample.json')) readSample(folder, file, samples, problems)
      else if (found) {
        const name = path.join(path.dirname(file), found[1] ?? '')
        compiled.set(`${name}.${found[2]}`, compile(path.join(folder, file), found[2] as Medium, problems))
      } else
        problems.push({
          file: path.join(folder, file),
          line: 1,
          key: '',
          problem: 'is no template',
          accepted: 'Name it <moment>.slack.hbs, .text.hbs, .subject.hbs or .html.hbs',
        })
    }
  }
  for (const [key, render] of compiled) problems.push(...tryOut(key, render, samples, folders))
  if (problems.length > 0) return { problems }
  return {
    templates: {
      render(name, medium, data) {
        const render = compiled.get(`${name}.${medium}`)
        if (!render) throw new Error(`there is no template ${name}.${medium}.hbs`)
        return render(data)
      },
      names: () => [...compiled.keys()],
    },
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

function readSample(folder: string, file: string, samples: Map<string, unknown>, problems: Problem[]): void {
  try {
    samples.set(file.replace(/\.sample\.json$/, ''), JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
  } catch {
    problems.push({ file: path.join(folder, file), line: 1, key: '', problem: 'is not JSON', accepted: '' })
  }
}

// An engine each, so that helpers of one medium cannot be called in another.
const engines: Record<Medium, typeof Handlebars> = {
  slack: engineFor('slack'),
  text: engineFor('text'),
  subject: engineFor('subject'),
  html: engineFor('html'),
}

function engineFor(medium: Medium): typeof Handlebars {
  const engine = Handlebars.create()
  for (const [name, helper] of Object.entries(helpersFor(medium))) engine.registerHelper(name, helper)
  return engine
}

function compile(file: string, medium: Medium, problems: Problem[]): (data: Record<string, unknown>) => string {
  const source = readFileSync(file, 'utf8')
  const raw = source.split('\n').findIndex((text) => /\{\{\{|\{\{&/.test(text))
  if (raw >= 0)
    problems.push({
      file,
      line: raw + 1,
      key: '',
      problem: 'three braces would skip the escaping',
      accepted: 'Use two',
    })
  const render = engines[medium].compile(parse(source, file, problems), {
    strict: true,
    noEscape: true,
    knownHelpersOnly: false,
  })
  return (data) => render(prepare(data, escapes[medium]) as object, { allowProtoPropertiesByDefault: false }).trim()
}

/** What is not valid stays as it is, and fails again when it is rendered. */
function parse(source: string, file: string, problems: Problem[]): hbs.AST.Program | string {
  try {
    return Handlebars.parse(source)
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    problems.push({
      file,
      line: Number(/line (\d+)/.exec(message)?.[1] ?? 1),
      key: '',
      problem: 'is not valid Handlebars',
      accepted: '',
    })
    return source
  }
}

/** Escaped before it is rendered, not while: then no helper and no block can forget it. */
function prepare(value: unknown, escaping: (text: string) => string): unknown {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return escaping(clean(value))
  if (Array.isArray(value)) return value.map((inner) => prepare(inner, escaping))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, prepare(inner, escaping)]))
}

function helpersFor(medium: Medium): Record<string, Handlebars.HelperDelegate> {
  return {
    when: (instant: string) => (medium === 'slack' ? when(instant) : `${instant.slice(0, 16).replace('T', ' ')} UTC`),
    duration: (milliseconds: number) => formatDuration(milliseconds),
    plural: (n: number, one: string, many: string) => plural(n, one, many),
  }
}

function tryOut(
  key: string,
  render: (data: Record<string, unknown>) => string,
  samples: Map<string, unknown>,
  folders: readonly string[],
): Problem[] {
  const [name = '', medium] = key.split('.')
  const file = path.join(folders[0] ?? '', `${name}.${medium}.hbs`)
  const sample = samples.get(name) ?? samples.get(path.join(path.dirname(name), 'all'))
  if (sample === undefined)
    return [{ file, line: 1, key: '', problem: 'has no sample', accepted: `Write ${name}.sample.json beside it` }]
  try {
    return render(sample as Record<string, unknown>) === ''
      ? [{ file, line: 1, key: '', problem: 'says nothing', accepted: '' }]
      : []
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    const line = Number(/ - (\d+):/.exec(message)?.[1] ?? 1)
    return [{ file, line, key: '', problem: message.replace(/ - \d+:\d+$/, ''), accepted: 'Use what the sample holds' }]
  }
}
