/** What is counted of pages, from the journal, so that it is right over restarts and replicas. Test pages are left out. */
import { sql } from 'drizzle-orm'
import { rows } from '../../core/db.ts'
import type { Measure } from '../../core/measures.ts'

const outcomes: Readonly<Record<string, string>> = {
  'page.sent': 'sent',
  'page.acknowledged': 'acknowledged',
  'page.exhausted': 'unanswered',
}

export const measures: readonly Measure[] = [
  {
    name: 'tocsin_pages_total',
    help: 'Pages sent, acknowledged, and left unanswered after everybody was called',
    labelNames: ['outcome'],
    async read(db) {
      const found = await rows<{ type: string; value: number }>(
        db,
        sql`select type, count(*)::int as value from journal
          where feature = 'pages' and subject not like 'test-%' and type = any(${sql.param(Object.keys(outcomes))}::text[])
          group by type`,
      )
      return found.map(({ type, value }) => ({ labels: { outcome: outcomes[type] ?? type }, value }))
    },
  },
]
