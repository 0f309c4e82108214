/** Who may import whom, where the SDKs live, how long a file may be: the house rules that a machine can keep. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { executors } from '../src/features/actions/executors/index.ts'
import { probes } from '../src/features/actions/probes/index.ts'
import { sources } from '../src/features/alerts/sources/index.ts'
import { features } from '../src/features/index.ts'

/** What each layer may import beside itself. `main` is what stands at the top of src/. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  core: ['lib'],
  adapters: ['core', 'lib'],
  features: ['core', 'lib'],
  simulator: ['lib'],
  main: ['core', 'lib', 'adapters', 'features', 'simulator'],
}
/** From left to right: each feature may use those before it. */
const featureOrder = [
  'tocsin',
  'oncall',
  'incidents',
  'timeline',
  'tasks',
  'updates',
  'escalation',
  'alerts',
  'heartbeats',
  'comms',
  'actions',
  'runbooks',
]

/** Each SDK has one home, so that replacing it touches one folder. */
const homes: Record<string, RegExp> = {
  '@slack/': /^adapters\/slack\//,
  '@pagerduty/': /^adapters\/pagerduty\//,
  nodemailer: /^adapters\/mail\//,
  undici: /^adapters\//,
  pg: /^core\/(db|other-databases)\.ts$/,
  'drizzle-orm/node-postgres': /^core\/db\.ts$/,
  '@electric-sql/pglite': /^core\/db-embedded(-create)?\.ts$/,
  'drizzle-orm/pglite': /^core\/db-embedded(-create)?\.ts$/,
  'node-cron': /^core\/schedule\.ts$/,
  handlebars: /^core\/templates\.ts$/,
  'prom-client': /^core\/(metrics|measures)\.ts$/,
  pino: /^core\/log\.ts$/,
  fastify: /^core\/http\.ts$/,
  yaml: /^(core\/(config|manifest)|stage)\.ts$/,
  ws: /^simulator\//,
  commander: /^cli\.ts$/,
  'mdast-util-from-markdown': /^features\/runbooks\/format\.ts$/,
}
/** Pure by promise: no clock, no I/O, no chance. */
const pure = [/^lib\//, /^features\/[^/]+\/(domain|effects|views|rules)\.ts$/]
const linesMax = 400
/** Each exception says why. */
const longFiles: Record<string, string> = {}

const root = resolve('src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => file.replaceAll('\\', '/'))
const sourceOf = (file: string) => readFileSync(resolve(root, file), 'utf8')
const imports = files.flatMap((from) =>
  [...sourceOf(from).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => {
    const to = match[1] ?? ''
    return {
      from,
      to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to,
      isOurs: to.startsWith('.'),
    }
  }),
)
const layerOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : 'main')
const featureOf = (file: string) => /^features\/([^/]+)\//.exec(file)?.[1]

test('layers import only what stands below them', () => {
  const wrong = imports.filter(({ from, to, isOurs }) => {
    if (!isOurs || to.startsWith('..')) return false
    const [mine, theirs] = [layerOf(from), layerOf(to)]
    return mine !== theirs && !(mayImport[mine] ?? []).includes(theirs)
  })
  expect(wrong).toEqual([])
})

test('a feature looks to its left only, and only at the face or the domain', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [mine, theirs] = [featureOf(from), featureOf(to)]
    if (!mine || !theirs || mine === theirs) return false
    const isLeft = featureOrder.indexOf(theirs) < featureOrder.indexOf(mine)
    return !isLeft || !/\/(index|domain)\.ts$/.test(to)
  })
  expect(wrong).toEqual([])
})

test('the list of features is the order from left to right', () => {
  expect(features.map((feature) => feature.name)).toEqual(featureOrder)
  const folders = readdirSync(resolve(root, 'features'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map((entry) => entry.name).toSorted()).toEqual(featureOrder.toSorted())
})

test('each SDK stays at home', () => {
  const wrong = imports.filter(({ from, to, isOurs }) => {
    if (isOurs) return false
    const home = Object.entries(homes).find(
      ([sdk]) => to === sdk || (sdk.endsWith('/') ? to.startsWith(sdk) : to.startsWith(`${sdk}/`)),
    )
    return home !== undefined && !home[1].test(from)
  })
  expect(wrong).toEqual([])
})

test('what promises to be pure reads no clock and does no I/O', () => {
  const impure = /Date\.now\(|new Date\(\)|Math\.random\(|process\.|from 'node:(?!crypto')|await /
  const wrong = files.filter(
    (file) => pure.some((pattern) => pattern.test(file)) && impure.test(withoutComments(sourceOf(file))),
  )
  expect(wrong).toEqual([])
})

test('no module keeps a variable of its own', () => {
  const wrong = files.filter((file) => file.endsWith('.ts') && /^(export )?(let|var) /m.test(sourceOf(file)))
  expect(wrong).toEqual([])
})

test('no file is longer than a few screens', () => {
  const long = files.filter((file) => sourceOf(file).split('\n').length > linesMax && !(file in longFiles))
  expect(long).toEqual([])
})

const plugs = [
  { folder: 'features/alerts/sources', listed: sources },
  { folder: 'features/actions/executors', listed: executors },
  { folder: 'features/actions/probes', listed: probes },
]
test.each(plugs)('every folder below $folder is listed', ({ folder, listed }) => {
  const folders = readdirSync(resolve(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(listed.map((plug) => plug.name).toSorted()).toEqual(folders.map((entry) => entry.name).toSorted())
})

test('nothing in the repository leads to the machine it was written on', () => {
  const wrong = files.filter((file) => /\/(work|root|home)\/|shared\/(data|research|spikes)/.test(sourceOf(file)))
  expect(wrong).toEqual([])
})

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
