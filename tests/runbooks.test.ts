/** The runbooks that come with Tocsin: somebody reads them at 3 a.m., so none may be broken, empty or point nowhere. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readLibrary } from '../src/features/runbooks/library.ts'

const folder = new URL('../runbooks/', import.meta.url)
const pages = readdirSync(folder).map((name) => ({
  file: `runbooks/${name}`,
  text: readFileSync(new URL(name, folder), 'utf8'),
}))
const { runbooks, problems } = readLibrary(pages)
const names = runbooks.map((runbook) => runbook.name)

test('every runbook that is shipped can be read', () => {
  expect(problems).toEqual([])
  expect(runbooks.length).toBe(pages.length)
})

test('no two runbooks claim the same alert', () => {
  const alerts = runbooks.flatMap((runbook) => runbook.alerts)
  expect(alerts).toEqual([...new Set(alerts)])
})

describe.each(runbooks)('$name', (runbook) => {
  test('leads from looking to doing, to making sure, to telling and to calling for help', () => {
    const sections = [...new Set(runbook.steps.map((step) => step.section))]
    expect(sections).toEqual(['Diagnosis', 'Mitigation', 'Verify', 'Communicate', 'Escalate'])
    expect(runbook.meaning).not.toBe('')
  })

  test('has an owner', () => {
    expect(runbook.owner).not.toBeNull()
  })

  test('names only runbooks that are there', () => {
    const words = runbook.steps.map((step) => step.words).join('\n')
    const named = [...words.matchAll(/runbook `([a-z-]+)`/gi)].map((found) => found[1] ?? '')
    expect(named.filter((name) => !names.includes(name))).toEqual([])
  })
})
