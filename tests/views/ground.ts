/** What views are drawn with: the example tocsin.yml, the sentences that ship, and what these features show on a card. */
import type { Ground } from '../../src/core/feature.ts'
import { slotsOf } from '../../src/core/slots.ts'
import { evolve } from '../../src/features/incidents/evolve.ts'
import type { Event, Incident } from '../../src/features/incidents/incident.ts'
import { features } from '../../src/features/index.ts'
import { exampleConfig, shippedTemplates } from '../support/stage.ts'

export const now = new Date('2026-03-02T12:30:00.000Z')
export const at = '2026-03-02T12:00:00.000Z'
export const [ana, ben, cleo] = ['U0ANA00001', 'U0BEN00002', 'U0CLEO0003'] as const

// What further features show on a card is theirs to agree on.
const shown = features.filter(({ name }) => ['tasks', 'updates', 'escalation'].includes(name))

export const ground: Ground = {
  config: exampleConfig(),
  templates: shippedTemplates(),
  slots: slotsOf(shown.flatMap((feature) => feature.fills ?? [])),
  publicUrl: 'https://tocsin.example',
  linkSecret: 'secret',
  content: [],
}

/** Declared by Ana at noon as a P2 of checkout, and whatever happened then. */
export function incident(title: string, more: Partial<Incident> = {}, ...events: readonly Event[]): Incident {
  const declared: Event = {
    type: 'incident.declared',
    id: '42',
    title: title.slice(0, 200),
    severity: 'P2',
    status: 'investigating',
    kind: 'real',
    isPrivate: false,
    service: 'checkout',
    origin: null,
    startedAt: null,
    by: ana,
    at,
  }
  const opened: Event = { type: 'incident.channelOpened', channel: { id: 'C0ROOM0001', name: 'inc-42' } }
  return { ...[opened, ...events].reduce(evolve, evolve(null, declared)), ...more }
}
