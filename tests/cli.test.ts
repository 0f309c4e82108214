/** `tocsin <command>`, as operators type it. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openDatabase } from '../src/core/db.ts'
import { freshDatabaseUrl } from './support/database.ts'
import { tocsin } from './support/program.ts'
import { watchedSince } from './support/published.ts'

function fileWith(text: string): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tocsin-cli-')), 'tocsin.yml')
  writeFileSync(file, text)
  return file
}

test('check says that the example is in order', async () => {
  const { code, said } = await tocsin(['check'])
  expect(code).toBe(0)
  expect(said).toMatch(/^tocsin.yml and what it refers to are in order.\n/)
  expect(said).toContain('wait for a review')
})

test('check says when the status page would speak a language in which nothing is written', async () => {
  const file = fileWith(readFileSync('tocsin.yml', 'utf8').replace('locale: en # Or de. Words', 'locale: de # Words'))
  const { code, said } = await tocsin(['check', file])
  expect(code).toBe(1)
  expect(said).toContain('comms.statusPage.locale: "de" is no language of comms.locales. Use en.')
})

test('check names file, line and key of what is wrong, and fails', async () => {
  const file = fileWith(readFileSync('tocsin.yml', 'utf8').replace('open: P1', 'open: sev5'))
  const { code, said } = await tocsin(['check', file])
  expect(code).toBe(1)
  expect(said).toMatch(/tocsin\.yml:\d+ alerts\.routes\[0\]\.open: "sev5" is no severity\. Use P1, P2, P3, P4\./)
})

test('check simulates where recorded alerts would go, and says what it cannot read', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-cli-'))
  const firing = {
    title: 'CheckoutDown',
    severity: 'critical',
    labels: { service: 'checkout' },
    runbook: 'service-down',
    startsAt: '2026-03-02T12:00:00Z',
  }
  writeFileSync(path.join(folder, 'generic-1.json'), JSON.stringify(firing))
  writeFileSync(
    path.join(folder, 'generic-2.json'),
    JSON.stringify({ ...firing, status: 'resolved', endsAt: '2026-03-02T12:20:00Z' }),
  )
  const { code, said } = await tocsin(['check', '--simulate', folder])
  expect(code).toBe(0)
  expect(said).toContain('route: the route is "critical", which takes severity=~"(?i:critical|p1)"')
  expect(said).toMatch(/→ shown in #alerts\n {4}→ opens a P1\n/)
  expect(said).toContain('→ its message says that it is over\n1 group; still firing at the end: none')

  writeFileSync(path.join(folder, 'generic-3.json'), JSON.stringify({ title: 'Odd', severity: 'critical' }))
  const lacking = await tocsin(['check', '--simulate', folder])
  expect([lacking.code, lacking.said]).toEqual([1, expect.stringMatching(/lacks a recipient: .*, a runbook: /)])

  writeFileSync(path.join(folder, 'generic-3.json'), '{')
  const broken = await tocsin(['check', '--simulate', folder])
  expect([broken.code, broken.said]).toEqual([1, expect.stringContaining('generic-3.json: is not JSON')])
})

test('check names a route that nothing reaches', async () => {
  const file = fileWith(
    readFileSync('tocsin.yml', 'utf8').replace('    - name: warnings\n', '    - name: rest\n    - name: warnings\n'),
  )
  const { code, said } = await tocsin(['check', file])
  expect(code).toBe(1)
  expect(said).toMatch(/alerts\.routes\[3\]: is never reached: routes\[2\] takes everything/)
})

test('the bot refuses to start on half a configuration, and says which variable mends it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-cli-'))
  const { code, said } = await tocsin(['start'], { SLACK_BOT_TOKEN: 'xoxb-1', TOCSIN_DATA_DIR: folder })
  expect(code).toBe(1)
  expect(said).toContain('set SLACK_SIGNING_SECRET for HTTP mode, or SLACK_APP_TOKEN for Socket Mode')
  expect(readdirSync(folder)).toEqual([])
})

test('doctor tries everything, and each failure names its fix', async () => {
  const env = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 's',
    SLACK_API_URL: 'http://127.0.0.1:1/',
    DATABASE_URL: await freshDatabaseUrl(),
  }
  const { code, said } = await tocsin(['doctor'], env)
  expect(code).toBe(1)
  expect(said).toContain('ok   the database answers')
  expect(said).toContain('FAIL Slack takes the bot token\n     let this machine reach Slack')
  expect(said).toContain('FAIL /hooks/generic answers 401 to all\n     to open it, set HOOK_TOKEN_GENERIC')
})

test('manifest prints the app for the address it is given', async () => {
  const { said } = await tocsin(['manifest', '--url', 'https://tocsin.example.com/'])
  expect(said).toContain('url: https://tocsin.example.com/slack/events')
  expect(said).toContain('socket_mode_enabled: false')
})

test('migrate brings a database to the shape of this release, once', async () => {
  const env = { DATABASE_URL: await freshDatabaseUrl() }
  const { db, close } = await openDatabase(env.DATABASE_URL)
  await db.execute(sql`drop schema public cascade`)
  await db.execute(sql`create schema public`)
  await close()
  expect((await tocsin(['migrate'], env)).said).toContain('Ran 0001-core.sql')
  expect((await tocsin(['migrate'], env)).said).toBe('Nothing to do.\n')
})

test('the status page is written as files, which say how old they are when no bot runs', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-cli-'))
  const env = { DATABASE_URL: await freshDatabaseUrl(), PUBLIC_URL: 'https://status.example.com/' }
  expect(await tocsin(['status-export', folder], env)).toMatchObject({ code: 0 })
  expect(readFileSync(path.join(folder, 'status', 'index.html'), 'utf8')).toContain('Everything works')
  expect(JSON.parse(readFileSync(path.join(folder, 'api', 'v2', 'summary.json'), 'utf8'))).toMatchObject({
    page: { url: 'https://status.example.com/status' },
  })
  const { db, close } = await openDatabase(env.DATABASE_URL)
  await watchedSince(db, ['checkout'], new Date(Date.now() - 7_200_000), new Date(Date.now() - 3_600_000))
  await close()
  expect(await tocsin(['status-export', folder], env)).toMatchObject({ code: 0 })
  expect(readFileSync(path.join(folder, 'status', 'index.html'), 'utf8')).toMatch(
    /brought up to date for (60|61) minutes/,
  )
  const { code, said } = await tocsin(['status-export', folder], {})
  expect(code).toBe(1)
  expect(said).toContain('PUBLIC_URL is not set')
})

test('contacts are written from the configuration alone: numbers, and who is on call in the next weeks', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tocsin-cli-')), 'contacts.txt')
  expect((await tocsin(['contacts', file], {})).code).toBe(0)
  const text = readFileSync(file, 'utf8')
  for (const words of ['Ana Ferreira', '+351 555 0101', 'ON CALL IN THE NEXT 28 DAYS', 'Cloud support'])
    expect(text).toContain(words)
})

test('replay of an incident that never was says so', async () => {
  const { code, said } = await tocsin(['replay', 'INC-7'], { DATABASE_URL: await freshDatabaseUrl() })
  expect([code, said]).toEqual([1, 'The journal knows no incident 7.\n'])
})

test('Node is told the same by `npm start`, by `npx tocsin` and in the image', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  const [, byNpx] = /^#!\/usr\/bin\/env -S (node .*)$/m.exec(readFileSync('bin/tocsin.mjs', 'utf8')) ?? []
  const [, inImage = '[]'] = /^CMD (.*)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? []
  expect(`${byNpx} bin/tocsin.mjs start`).toBe(scripts.start)
  expect((JSON.parse(inImage) as string[]).join(' ')).toBe(scripts.start)
})
