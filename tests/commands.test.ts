/** The declarations of commands, held to what they promise. Forgetting something here is caught here. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { findCommand, verbOf } from '../src/core/commands.ts'
import { manifestFor } from '../src/core/manifest.ts'
import { channelSubscriptions } from '../src/core/our-channels.ts'
import { features } from '../src/features/index.ts'
import { tokenize } from '../src/lib/tokenize.ts'

const nouns = features.flatMap((feature) => feature.nouns ?? [])
const commands = features.flatMap((feature) => feature.commands ?? [])
const examples = commands.flatMap((command) => command.examples.map((example) => ({ command, example })))

test.each(examples)('$example is understood as what it is an example of', ({ command, example }) => {
  const word = example.split(' ', 1)[0] ?? ''
  const noun = nouns.find((candidate) => [candidate.name, ...candidate.aliases].includes(word.slice(1)))
  const mine = commands.filter((candidate) => candidate.path.startsWith(`${noun?.name} `))
  // The desk turns names into ids before it reads the arguments.
  const line = example
    .slice(word.length)
    .trim()
    .replaceAll(/(?<=^|\s)@([a-z]+)/g, '<@U0ANA00001|$1>')
  const found = findCommand(mine, tokenize(line))
  expect(found).toMatchObject({ kind: 'command', command: { path: command.path } })
  if (found.kind !== 'command') return
  const isSubject = (text: string) => command.needsSubject && noun?.subject?.pattern.test(text)
  const tokens = found.tokens.filter((token) => !isSubject(token.text))
  expect(command.parse(tokens, line)).toHaveProperty('args')
})

test('no two commands share a word', () => {
  const words = commands.flatMap((command) =>
    [verbOf(command), ...command.aliases].map((word) => `${command.path.split(' ')[0]} ${word}`),
  )
  expect(words.toSorted()).toEqual([...new Set(words)].toSorted())
})

test('every button, form and shortcut has a name of its own, with its feature in front', () => {
  for (const feature of features) {
    const ids = [...(feature.clicks ?? []), ...(feature.modals ?? []), ...(feature.shortcuts ?? [])].map(({ id }) => id)
    expect(ids.filter((id) => !id.startsWith(`${feature.name}.`))).toEqual([])
  }
  const clicks = features.flatMap((feature) => feature.clicks ?? []).map(({ id }) => id)
  expect(new Set(clicks).size).toBe(clicks.length)
})

describe('the manifest', () => {
  const manifest = manifestFor({ features, publicUrl: 'https://tocsin.example.com' })

  test('has every command and shortcut that is declared, and every event that is listened to', () => {
    const declared = nouns.flatMap((noun) => [noun.name, ...noun.aliases]).map((name) => `/${name}`)
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(declared)
    expect(manifest.features.shortcuts.map(({ callback_id }) => callback_id)).toEqual(
      features.flatMap((feature) => feature.shortcuts ?? []).map(({ id }) => id),
    )
    const events = [
      ...features.flatMap((feature) => feature.slackEvents ?? []).map(({ subscription }) => subscription),
      ...features.flatMap((feature) => feature.hears ?? []).flatMap(({ subscriptions }) => subscriptions),
      ...channelSubscriptions,
    ]
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual([...new Set(events)].toSorted())
  })

  test('keeps to what Slack allows in names and descriptions', () => {
    for (const { command, description, usage_hint } of manifest.features.slash_commands) {
      expect(command).toMatch(/^\/[a-z0-9_-]{1,31}$/)
      expect(description.length).toBeLessThanOrEqual(2_000)
      expect(usage_hint.length).toBeLessThanOrEqual(1_000)
    }
    for (const { name, description } of manifest.features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24)
      expect(description.length).toBeLessThanOrEqual(150)
    }
  })

  const schemaFile = '../shared/data/manifest.schema.2.0.0.json'
  const schema = readOr(schemaFile)
  if (schema === null) process.stderr.write("SKIPPED: the manifest against Slack's own schema, which is not here.\n")
  test.skipIf(schema === null)("passes Slack's own schema", () => {
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(schema ?? '{}') as object)
    validate(manifest)
    expect(validate.errors ?? []).toEqual([])
  })
})

test('every file that the documents name exists', () => {
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.join('docs', name)),
  ]
  const missing = pages.flatMap((page) => {
    const named = [
      ...readFileSync(page, 'utf8').matchAll(/`((?:src|tests|migrations|docs|bin|message-templates)\/[\w./-]+)`/g),
    ].map((match) => match[1] ?? '')
    return named.filter((file) => readOr(file) === null && !isFolder(file)).map((file) => `${page}: ${file}`)
  })
  expect(missing).toEqual([])
})

test("every metric has a use in the operators' guide", () => {
  const guide = readFileSync('docs/operating.md', 'utf8')
  const names = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/\| `(tocsin_\w+)`/g)].map(
    (match) => match[1] ?? '',
  )
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !guide.includes(name))).toEqual([])
})

function readOr(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function isFolder(file: string): boolean {
  try {
    return readdirSync(file).length > 0
  } catch {
    return false
  }
}
