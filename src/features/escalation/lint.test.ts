import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseConfig } from '../../config.ts'
import { findUnknown } from './lint.ts'

const example = readFileSync('tocsin.yml', 'utf8')

function problemsOf(text: string) {
  const loaded = parseConfig(text, 'ours.yml')
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  const at = { now: new Date(), file: 'ours.yml', lineOf: loaded.lineOf }
  return findUnknown(loaded, at).map(({ key, problem }) => `${key} ${problem}`)
}

test('whoever stands on a ladder and is unknown is found; those of the example are known', () => {
  expect(problemsOf(example)).toEqual([])
  const cleo = / {4}U0CLEO0003: .*\n/
  expect(example).toMatch(cleo)

  expect(problemsOf(example.replace(cleo, ''))).toEqual([
    'escalation.who.communications means U0CLEO0003, of whom nothing is known',
  ])
})
