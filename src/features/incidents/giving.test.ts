import { expect, test } from 'vitest'
import { hardToReach } from './giving.ts'

const lisbon = (clock: string) => ({ now: new Date(`2026-11-23T${clock}:00Z`), timeZone: 'Europe/Lisbon' })
const active = { presence: 'active', isQuiet: false, status: 'on call' } as const

test('whoever is active is reached, also at night, and whatever they say of themselves', () => {
  expect(hardToReach(active, lisbon('12:00'))).toBeNull()
  expect(hardToReach(active, lisbon('03:12'))).toBeNull()
})

test('whoever is away at night is away and asleep, by the clock on their own wall', () => {
  const away = { ...active, presence: 'away' } as const

  expect(hardToReach(away, lisbon('03:12'))).toMatchObject({ isAway: true, night: 'Mon 03:12' })
  expect(hardToReach(away, lisbon('12:00'))).toMatchObject({ isAway: true, night: '' })
  expect(hardToReach(away, { ...lisbon('12:00'), timeZone: 'Asia/Tokyo' })).toMatchObject({ night: '' })
  expect(hardToReach(away, { ...lisbon('18:00'), timeZone: 'Asia/Tokyo' })).toMatchObject({ night: 'Tue 03:00' })
})

test('where Slack does not say who is there, the clock does', () => {
  const unknown = { presence: 'unknown', isQuiet: false, status: '' } as const

  expect(hardToReach(unknown, lisbon('12:00'))).toBeNull()
  expect(hardToReach(unknown, lisbon('23:30'))).toMatchObject({ isAway: false, night: 'Mon 23:30' })
})

test('paused notifications are said, and what somebody says of themselves goes along', () => {
  expect(hardToReach({ ...active, isQuiet: true, status: 'on holiday' }, lisbon('12:00'))).toEqual({
    isAway: false,
    isQuiet: true,
    status: 'on holiday',
    night: '',
  })
})
