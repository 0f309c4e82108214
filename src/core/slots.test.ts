import { expect, test } from 'vitest'
import type { Db } from './db.ts'
import { gate, pane, slot, slotsOf } from './slots.ts'

const noDatabase = {} as Db

test('what several features show in one slot stands in feature order', () => {
  const facts = slot<{ n: number }, string>('facts')
  const slots = slotsOf([facts.fill(({ n }) => [`first ${n}`]), facts.fill(() => ['second'])])
  expect(slots.parts(facts, { n: 7 })).toEqual(['first 7', 'second'])
})

test('a pane is read from the database by each, and stands in feature order whoever is slower', async () => {
  const home = pane<string, string>('home')
  const slow = home.fill(async (_db, person) => {
    await new Promise((resolve) => setImmediate(resolve))
    return [`slow for ${person}`]
  })
  const slots = slotsOf([slow, home.fill(async () => ['quick'])])
  expect(await slots.read(home, noDatabase, 'ana')).toEqual(['slow for ana', 'quick'])
})

test('what nobody filled is empty, and asks nothing', async () => {
  const slots = slotsOf([])
  expect(slots.parts(slot('none'), {})).toEqual([])
  expect(await slots.questions(gate('none'), noDatabase, {})).toEqual([])
  expect(await slots.read(pane('none'), noDatabase, {})).toEqual([])
})
