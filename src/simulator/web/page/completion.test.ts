import { describe, expect, test } from 'vitest'

interface Completion {
  from: number
  to: number
  suggestions: { insert: string; label: string; hint: string }[]
}

interface Page {
  completionAt(text: string, caret: number, world: unknown): Completion | null
  usageOf(text: string, world: unknown): { command: string; hint: string } | null
}

const { completionAt, usageOf }: Page = await import(new URL('completion.js', import.meta.url).href)

const world = {
  commands: [
    { command: '/inc', hint: '<what is wrong>', description: 'Run an incident' },
    { command: '/incident', hint: '', description: 'The same' },
    { command: '/oncall', hint: '[team]', description: 'Who is on call' },
  ],
  people: [
    { name: 'ana', realName: 'Ana Ferreira', title: 'On-call', kind: 'member' },
    { name: 'ben', realName: 'Ben Okafor', title: '', kind: 'member' },
    { name: 'old-olga', realName: 'Olga Old', title: '', kind: 'deactivated' },
  ],
  channels: [
    { name: 'incidents', topic: '', kind: 'public', isArchived: false },
    { name: 'inc-1-old', topic: '', kind: 'public', isArchived: true },
  ],
}

describe('what is suggested', () => {
  test.each([
    ['/', ['/inc', '/incident', '/oncall']],
    ['/in', ['/inc', '/incident']],
    ['/INC', ['/inc', '/incident']],
    ['/call', ['/oncall']],
    ['hello @', ['Ana Ferreira', 'Ben Okafor']],
    ['/inc lead @fer', ['Ana Ferreira']],
    ['see #inc', ['#incidents']],
  ])('for %j is %j', (text, labels) => {
    expect(completionAt(text, text.length, world)?.suggestions.map(({ label }) => label)).toEqual(labels)
  })

  test.each(['', 'hello', '/inc ', '/nothing', 'half/inc', 'me@an', 'a#inc', '@olga'])('for %j is nothing', (text) => {
    expect(completionAt(text, text.length, world)).toBeNull()
  })

  test('takes the place of the word at the caret only', () => {
    const completion = completionAt('ask @be and go', 7, world)

    expect(completion).toMatchObject({ from: 4, to: 7 })
    expect(completion?.suggestions[0]?.insert).toBe('@ben ')
  })
})

test('the usage of a command is shown once its name is complete', () => {
  expect(usageOf('/inc checkout', world)?.hint).toBe('<what is wrong>')
  expect(usageOf('/inc', world)).toBeNull()
  expect(usageOf('/incidents x', world)).toBeNull()
  expect(usageOf('hello /inc x', world)).toBeNull()
})
