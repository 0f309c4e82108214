import { expect, test } from 'vitest'
import { declarationIn } from './declaring.ts'

test.each([
  ['checkout is down', {}, { title: 'checkout is down', severity: null }],
  ['p2 checkout is down', {}, { title: 'checkout is down', severity: 'P2' }],
  ['test p2 checkout is down', {}, { title: 'checkout is down', severity: 'P2', kind: 'test' }],
  ['P2 test checkout is down', {}, { title: 'checkout is down', severity: 'P2', kind: 'test' }],
  ['p2 drill the database is gone', {}, { title: 'the database is gone', severity: 'P2', kind: 'drill' }],
  ['p2 the database is gone', { kind: 'drill' }, { title: 'the database is gone', severity: 'P2', kind: 'drill' }],
  ['private p1 a key leaked', {}, { title: 'a key leaked', severity: 'P1', isPrivate: true }],
  ['p1 private a key leaked', {}, { title: 'a key leaked', severity: 'P1', isPrivate: true }],
  ['p1 a key leaked', { isPrivate: true }, { title: 'a key leaked', severity: 'P1', isPrivate: true }],
  ['test private p3 x', {}, { title: 'x', severity: 'P3', kind: 'test', isPrivate: true }],
] as const)('«%s», where the command says %j: kind and severity are read in either order', (words, said, found) => {
  expect(declarationIn(words, said)).toEqual(found)
})

test.each([
  ['test', 'test'],
  ['drill', 'drill'],
  ['constructor of the payload fails', 'constructor of the payload fails'],
  ['p1 p2 are mixed up', 'p2 are mixed up'],
  ['checkout p2 is no severity here', 'checkout p2 is no severity here'],
  ['test drill of the fire brigade', 'drill of the fire brigade'],
])('«%s»: what is no word of ours, or was said already, is the title', (words, title) => {
  expect(declarationIn(words).title).toBe(title)
})
