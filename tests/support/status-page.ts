/** A status page in a bad week: much that happened, hostile words, planned work, corrections. */
import type { Say } from '../../src/features/comms/status-page/document.ts'
import { type PageSettings, type Published, pageOf } from '../../src/features/comms/status-page/page.ts'
import type { Update } from '../../src/features/comms/status-page/record.ts'
import { shippedTemplates } from './stage.ts'

export const now = new Date('2026-03-02T12:00:00.000Z')
const minute = 60_000
const day = 86_400_000

const templates = shippedTemplates()
export const say: Say = (moment, data = {}) => templates.render(`status-page/en/${moment}`, 'text', data)
export const drawing = { say, staleMinutes: null, isCopy: false }

export const settings: PageSettings = {
  name: 'Acme & Søns <status>',
  locale: 'en',
  url: 'https://status.example.com',
  components: Array.from({ length: 20 }, (_, n) => ({
    key: `c${n}`,
    name: `Component ${n} of a longer name`,
    group: n < 3 ? '' : `Group ${n % 4}`,
    description: n % 2 === 0 ? 'What clients know it by, in a line.' : '',
  })),
  takesSubscribers: true,
  weights: { degraded: 0, partial: 0.3, major: 1 },
}

const at = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString()
const words = `${'Some payments take up to a minute, and a few fail. '.repeat(6)}\n\n<!channel> & ]]> "so"`

function incident(n: number, startedAgo: number, lasted: number | null): Update[] {
  const publicId = `incident${String(n).padStart(4, '0')}`
  const common = {
    publicId,
    kind: 'incident',
    title: `Incident <${n}> of many & more`,
    components: [{ key: `c${n % 20}`, state: n % 3 === 0 ? 'major' : 'partial' }],
    felt: n % 3 === 0 ? 'major' : 'partial',
    startsAt: at(startedAgo),
    endsAt: null,
    locale: 'en',
    body: words,
    corrects: null,
  } as const
  const until = lasted === null ? 0 : startedAgo - lasted
  const said = Array.from({ length: 8 }, (_, k) => ({
    ...common,
    id: `${publicId}-${k}`,
    phase: k < 3 ? ('investigating' as const) : ('identified' as const),
    publishedAt: at(startedAgo - ((startedAgo - until) * k) / 9),
    corrects: k === 2 ? `${publicId}-1` : null,
  }))
  if (lasted === null) return said
  return [...said, { ...common, id: `${publicId}-8`, phase: 'resolved', publishedAt: at(until) }]
}

const planned = (n: number, phase: Update['phase'], from: number): Update => ({
  id: `work${n}-1`,
  publicId: `work${n}`,
  kind: 'maintenance',
  title: `Planned; work, ${n}\\`,
  phase,
  components: [{ key: 'c1', state: 'maintenance' }],
  felt: phase === 'in_progress' ? 'maintenance' : 'operational',
  locale: 'en',
  body: 'Paying pauses for ten minutes;\nsearching does not.',
  publishedAt: at(day),
  startsAt: at(from),
  endsAt: at(from - 60 * minute),
  corrects: null,
})

export const published: Published = {
  updates: [
    ...Array.from({ length: 60 }, (_, n) => incident(n, (n + 2) * day + 30 * minute, 90 * minute)).flat(),
    ...Array.from({ length: 5 }, (_, n) => incident(100 + n, 300 * minute - n * minute, null)).flat(),
    planned(1, 'scheduled', -day),
    planned(2, 'in_progress', 10 * minute),
    planned(3, 'cancelled', 2 * day),
  ],
  watched: new Map(
    settings.components.map(({ key }) => [key, [{ from: now.getTime() - 60 * day, until: now.getTime() }]]),
  ),
}

export const busyPage = pageOf(settings, published, now)
