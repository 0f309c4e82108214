import { expect, test } from 'vitest'
import { readTask } from './reading.ts'

const minute = 60_000

test.each([
  ['check the replica', { text: 'check the replica', owner: null, dueIn: null }],
  ['check the replica <@U0BEN|ben> in 30m', { text: 'check the replica', owner: 'U0BEN', dueIn: 30 * minute }],
  ['check the replica in 30 minutes <@U0BEN>', { text: 'check the replica', owner: 'U0BEN', dueIn: 30 * minute }],
  ['<@U0BEN|ben> check the replica', { text: 'check the replica', owner: 'U0BEN', dueIn: null }],
  ['call the provider due in 1h30m', { text: 'call the provider', owner: null, dueIn: 90 * minute }],
  ['look in 3 servers', { text: 'look in 3 servers', owner: null, dueIn: null }],
  [
    'tell <@U0ANA|ana> that it is over <@U0BEN|ben>',
    { text: 'tell @ana that it is over', owner: 'U0BEN', dueIn: null },
  ],
  ['<@U0BEN|ben>', { text: '', owner: 'U0BEN', dueIn: null }],
  ['in 30m', { text: '', owner: null, dueIn: 30 * minute }],
])('%s', (line, read) => {
  expect(readTask(line)).toEqual(read)
})
