import { expect, test } from 'vitest'
import { freshDatabase } from '../../../tests/support/database.ts'
import type { Page } from './domain.ts'
import { summaryOf } from './effects.ts'
import { savePage } from './store.ts'
import { isOurPage, openPagesOf } from './told-there.ts'

const page: Page = {
  id: 'incidents/1',
  round: 1,
  status: 'calling',
  key: 'oncall/incidents/1/1',
  team: 'platform',
  summary: 'checkout is down',
  severity: 'critical',
  priority: null,
  link: null,
  about: { feature: 'incidents', id: '1' },
  isTest: false,
  steps: [],
  nextStep: 0,
  calls: [{ step: 0, person: '', way: 'pagerduty', at: '2026-03-01T03:00:00.000Z' }],
  sentBy: null,
  sentAt: '2026-03-01T03:00:00.000Z',
  acknowledgedBy: null,
  acknowledgedVia: null,
  acknowledgedAt: null,
  closedAt: null,
  there: null,
}

test('a page is ours while it becomes known what it is there', async () => {
  const { db, close } = await freshDatabase()
  const incident = { id: 'PINC001', key: null, title: summaryOf(page) }
  await savePage(db, page.id, page)
  const state = { isOver: false }
  async function find() {
    for (let nth = 0; !state.isOver; nth += 1)
      await savePage(db, page.id, { ...page, there: nth % 2 === 0 ? { id: incident.id, url: null } : null })
  }

  const finding = find()
  const looks: unknown[] = []
  for (let nth = 0; nth < 100; nth += 1) {
    const isOurs = await isOurPage(db, { event: { data: { id: incident.id, title: incident.title } } })
    looks.push([isOurs, (await openPagesOf(db, incident)).length])
  }
  state.isOver = true
  await finding
  expect(looks).toEqual(looks.map(() => [true, 1]))
  await close()
})
