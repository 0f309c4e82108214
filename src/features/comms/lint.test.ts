/** What a message may not say, and what it must. */
import { expect, test } from 'vitest'
import { lint } from './lint.ts'
import { declassify, type PublicFacts } from './public.ts'
import { sampleFacts } from './samples.ts'

const words = { internal: ['atlas'], customers: ['Acme Corp'], people: ['Ana Ferreira'], hosts: ['example.com'] }
const facts = sampleFacts(new Date('2026-03-02T12:00:00.000Z'))

function found(text: string, more: Partial<PublicFacts> = {}, moment = 'incident-first-confirmed') {
  const said = { ...facts, ...more, symptom: declassify(text) }
  const rendered = { subject: said.name, text: said.symptom, brief: said.name }
  return lint(moment, [rendered], said, words)
}

test.each([
  'the address is 10.1.2.3',
  'it is fe80:0:0:0:1:2:3:4',
  'db-1.prod is full',
  'ask @dmitri',
  'see #inc-42-checkout',
  'as in SRE-4211',
  'TypeError: x is undefined',
  'at pay (checkout.js:12:4)',
  'select * from orders',
  'token xoxb-123',
  'look at /var/log/app/error.log',
  'the «atlas» cluster',
  'ACME Corp cannot pay',
  'ana ferreira is on it',
  'read https://wiki.internal-tools.net/x',
  'fill this in: TODO',
])('“%s” cannot go out', (text) => {
  expect(found(text).filter(({ level }) => level === 'block')).not.toEqual([])
})

test('says what it found, so that nobody has to look for it; a secret it does not repeat', () => {
  const said = found('db-7.internal or 10.2.3.4, OPS-1, ghp_abc').map(({ sentence }) => sentence)
  expect(said.join(' ')).toMatch(/“10\.2\.3\.4”.*“db-7\.internal”.*“OPS-1”/)
  expect(said.join(' ')).not.toContain('ghp_abc')
})

test('what cannot be seen cannot go out', () => {
  const hidden = 'pay\u200Bing' as PublicFacts['symptom']
  const rendered = { subject: facts.name, text: hidden, brief: facts.name }
  expect(lint('incident-first-confirmed', [rendered], facts, words)).toMatchObject([{ level: 'block' }])
})

test.each([
  'Paying takes up to a minute.',
  'Read https://help.example.com/pay.',
  'It began at 12:30 UTC-5, for P1-3 plans.',
])('“%s” may go out', (text) => {
  expect(found(text)).toEqual([])
})

test.each(['it was a mistake by the provider', 'this was human error', 'it will work again by noon'])(
  '“%s” is pointed out to whoever approves',
  (text) => {
    expect(found(text)).toMatchObject([{ level: 'warn' }])
  },
)

test('our own promise of the next message is no promise of the end', () => {
  const text = declassify('We will write again by 2026-03-02 12:30 UTC.')
  const rendered = { subject: facts.name, text, brief: facts.name }
  expect(lint('incident-first-confirmed', [rendered], facts, words)).toEqual([])
})

test('who says that clients are concerned is told when the message only looks into it', () => {
  expect(found('Paying is slow.', { impact: 'confirmed' }, 'incident-first-suspected')).toMatchObject([
    { level: 'warn', sentence: expect.stringContaining('First message: confirmed') },
  ])
  expect(found('Paying is slow.', { impact: 'suspected' }, 'incident-first-suspected')).toEqual([])
})

test('an outage is what is down for all', () => {
  expect(found('There is an outage.')).toMatchObject([{ level: 'block' }])
  expect(found('There is an outage.', { level: 'major' })).toEqual([])
})

test('the next message must be promised, and at the end whether data was lost must be said', () => {
  expect(found('x', { nextUpdateBy: null })).toMatchObject([{ sentence: expect.stringContaining('next message') }])
  expect(found('x', { dataLoss: null }, 'incident-resolved')).toMatchObject([
    { sentence: expect.stringContaining('data was lost') },
  ])
})
