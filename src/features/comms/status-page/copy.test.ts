import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { busyPage, drawing } from '../../../../tests/support/status-page.ts'
import { fileName, writeCopy } from './copy.ts'
import { filesOf } from './shelf.ts'

const folder = () => mkdtempSync(path.join(os.tmpdir(), 'tocsin-copy-'))
const files = filesOf(busyPage, { ...drawing, isCopy: true })

test('every file of the page is in the copy, where a plain web server finds it', async () => {
  const to = folder()
  await writeCopy(to, files)
  for (const [address, { body }] of files) expect(readFileSync(path.join(to, fileName(address)))).toEqual(body)
  expect(fileName('/status')).toBe('status/index.html')
  expect(fileName('/api/v2/incidents/unresolved.json')).toBe('api/v2/incidents/unresolved.json')
})

test('what is the same is left alone, and nothing half written stays', async () => {
  const to = folder()
  const first = await writeCopy(to, files)
  const again = await writeCopy(to, files)
  expect([first.changed, again.changed]).toEqual([files.size, 0])
  expect(readdirSync(to, { recursive: true }).filter((name) => String(name).endsWith('.new'))).toEqual([])
})

test('an incident that is no longer on the page is taken away; what others put there is not', async () => {
  const to = folder()
  const gone = path.join(to, 'status', 'incidents', 'old', 'index.html')
  mkdirSync(path.dirname(gone), { recursive: true })
  writeFileSync(gone, 'old')
  writeFileSync(path.join(to, 'robots.txt'), 'theirs')
  await writeCopy(to, files)
  expect(existsSync(gone)).toBe(false)
  expect(readFileSync(path.join(to, 'robots.txt'), 'utf8')).toBe('theirs')
})

test('a copy leads to the live page for what only that can do', () => {
  expect(files.get('/status')?.body.toString()).toContain('href="https://status.example.com/status/subscribe"')
})
