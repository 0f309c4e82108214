import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Markup } from '../lib/mrkdwn.ts'
import { printProblem } from './config.ts'
import { loadTemplates } from './templates.ts'

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-templates-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}
function load(...folders: string[]) {
  const loaded = loadTemplates(folders)
  if ('problems' in loaded) throw new Error(loaded.problems.map(printProblem).join('\n'))
  return loaded.templates
}
const problemsOf = (files: Record<string, string>) => {
  const loaded = loadTemplates([folderOf(files)])
  return 'problems' in loaded ? loaded.problems.map((problem) => printProblem(problem)).join('\n') : ''
}

test('the templates that ship all render with their samples', () => {
  expect(load('message-templates').names().length).toBeGreaterThan(5)
})

test('what is given is escaped as the medium needs it; what we marked up ourselves is not', () => {
  const sample = '{"text":"x","who":"y"}'
  const folder = folderOf({
    'a/b.slack.hbs': '{{who}}: {{text}}',
    'a/b.html.hbs': '<p>{{text}}</p>',
    'a/b.text.hbs': '{{text}}',
    'a/b.sample.json': sample,
  })
  const templates = load(folder)
  const data = { text: '<!channel> & co', who: new Markup('<@U1>') }

  expect(templates.render('a/b', 'slack', data)).toBe('<@U1>: &lt;!channel&gt; &amp; co')
  expect(templates.render('a/b', 'html', data)).toBe('<p>&lt;!channel&gt; &amp; co</p>')
  expect(templates.render('a/b', 'text', data)).toBe('<!channel> & co')
})

test("an operator's file takes the place of ours", () => {
  const ours = folderOf({ 'a/b.slack.hbs': 'ours', 'a/b.sample.json': '{}' })
  const theirs = folderOf({ 'a/b.slack.hbs': 'theirs' })
  expect(load(ours, theirs).render('a/b', 'slack', {})).toBe('theirs')
})

test.each([
  [
    'a name that the sample does not have',
    { 'a/b.slack.hbs': 'hello\n{{nme}}', 'a/b.sample.json': '{"name":"x"}' },
    /b\.slack\.hbs:2: "nme" not defined/,
  ],
  [
    'a template that is not closed',
    { 'a/b.slack.hbs': 'x\n{{#if y}}', 'a/b.sample.json': '{"y":1}' },
    /is not valid Handlebars/,
  ],
  [
    'three braces',
    { 'a/b.slack.hbs': '{{{x}}}', 'a/b.sample.json': '{"x":1}' },
    /three braces would skip the escaping/,
  ],
  ['a template without a sample', { 'a/b.slack.hbs': 'x' }, /has no sample/],
  ['a file that is no template', { 'a/b.txt': 'x' }, /is no template/],
])('%s is found at start', (_title, files, expected) => {
  expect(problemsOf(files)).toMatch(expected)
})

test('a template reaches nothing but what it is given', () => {
  expect(problemsOf({ 'a/b.slack.hbs': '{{constructor.name}}', 'a/b.sample.json': '{"x":1}' })).not.toBe('')
})
