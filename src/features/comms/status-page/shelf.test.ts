import { expect, test } from 'vitest'
import { busyPage, drawing, now, published, say, settings } from '../../../../tests/support/status-page.ts'
import { createShelf, filesOf } from './shelf.ts'

const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

/** A database that is there, or is not, or hangs. */
function sourceThat(mood: { is: 'there' | 'away' | 'hanging'; asked: number; read: number; said?: string }) {
  return {
    settings,
    say,
    async mark() {
      mood.asked += 1
      if (mood.is === 'away') throw new Error('away')
      if (mood.is === 'hanging') await new Promise(() => {})
      return 'same'
    },
    async read() {
      mood.read += 1
      return published
    },
    onError(error: unknown) {
      mood.said = String(error)
    },
  }
}

test('however many ask, the database is asked once a second, and read only when something is different', async () => {
  const mood = { is: 'there', asked: 0, read: 0 } as const
  const counted = { ...mood }
  const shelf = createShelf(sourceThat(counted))

  await Promise.all(Array.from({ length: 100 }, () => shelf.find('/status', now)))
  await Promise.all(Array.from({ length: 100 }, () => shelf.find('/status', new Date(now.getTime() + 1_000))))

  expect(counted).toMatchObject({ asked: 2, read: 1 })
})

test('while the database is away the page stays, and after ten minutes it says how old it is', async () => {
  const mood = { is: 'there' as 'there' | 'away', asked: 0, read: 0, said: '' }
  const shelf = createShelf(sourceThat(mood))
  const fresh = await shelf.find('/status', now)
  mood.is = 'away'

  const soon = await shelf.find('/status', later(9))
  const old = await shelf.find('/status', later(14))
  const json = await shelf.find('/api/v2/status.json', later(14))
  expect(soon?.body.toString()).toBe(fresh?.body.toString())
  expect(old?.body.toString()).toContain('could not be brought up to date for 14 minutes')
  expect(old?.headers.warning).toBe('110 - "Response is Stale"')
  expect(JSON.parse(json?.body.toString() ?? '')).toMatchObject({ meta: { stale: true, stale_minutes: 14 } })

  expect(mood.said, 'an operator hears of it').toBe('Error: away')

  mood.is = 'there'
  const again = await shelf.find('/status', later(15))
  expect(again?.body.toString()).not.toContain('could not be brought up to date')
})

test('a database that hangs does not make the page hang', async () => {
  const mood = { is: 'there' as 'there' | 'hanging', asked: 0, read: 0 }
  const shelf = createShelf(sourceThat(mood))
  await shelf.find('/status', now)
  mood.is = 'hanging'

  const began = performance.now()
  const found = await shelf.find('/status', later(1))
  expect(found).not.toBeNull()
  expect(performance.now() - began).toBeLessThan(1_500)
})

test('what could never be read is no page', async () => {
  const shelf = createShelf(sourceThat({ is: 'away', asked: 0, read: 0 }))
  expect(await shelf.find('/status', now)).toBeNull()
})

test('no page is larger than 50 kB: twenty components, five open incidents, planned work, sixty of the past', () => {
  const files = filesOf(busyPage, drawing)
  const large = [...files].filter(([path, { body }]) => !/\.(json|atom|rss)$/.test(path) && body.length > 50_000)
  expect(large.map(([path, { body }]) => `${path}: ${body.length}`)).toEqual([])
})

test('what the page has no room for is said, and found in the history', () => {
  const files = filesOf(busyPage, drawing)
  expect(files.get('/status')?.body.toString()).toMatch(/href="\/status\/history">\d+ more in the history</)
  expect(files.get('/status/history')?.body.toString()).toContain('Incident &lt;59&gt;')
})

test('the same page is the same bytes and has the same tag; another one has another', () => {
  const [a, b] = [filesOf(busyPage, drawing), filesOf(busyPage, drawing)]
  expect(a.get('/status')?.etag).toBe(b.get('/status')?.etag)
  expect(new Set([...a.values()].map(({ etag }) => etag)).size).toBe(a.size)
})
