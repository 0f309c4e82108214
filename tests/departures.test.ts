/** Whoever left while nobody ran, so that Slack's word of it was lost, is found by a look at those who hold something. */
import { expect, test } from 'vitest'
import type { People } from '../src/core/people.ts'
import { newSubject, perform } from '../src/core/perform.ts'
import { slotsOf } from '../src/core/slots.ts'
import { aboutOf, incidentAggregate as incidents } from '../src/features/incidents/index.ts'
import { features } from '../src/features/index.ts'
import { aggregate as boards } from '../src/features/tasks/aggregate.ts'
import { movableClock } from '../src/lib/clock.ts'
import { makeSpine } from '../src/spine.ts'
import { freshDatabase } from './support/database.ts'
import { quiet } from './support/port.ts'
import { exampleConfig, shippedTemplates } from './support/stage.ts'

test('an hourly look finds whoever is gone: what they led, what was theirs to do; and nothing of anybody else', async () => {
  const database = await freshDatabase()
  const config = exampleConfig()
  const { spine } = makeSpine({
    db: database.db,
    clock: movableClock(() => Date.parse('2026-11-20T10:00:00Z')),
    config,
    templates: shippedTemplates(),
    slots: slotsOf([]),
    publicUrl: 'http://127.0.0.1',
    linkSecret: 'secret',
    wake: () => {},
  })
  const by = (n: number) => ({ actor: { kind: 'person' as const, id: 'U0ANA00001' }, cause: `test/${n}` })
  for (const [n, lead] of ['U0GONE0001', 'U0ANA00001'].entries()) {
    const declared = await perform(spine, incidents, newSubject, declaration(`outage ${n}`), by(n))
    if ('refused' in declared) throw new Error(declared.refused)
    await perform(spine, incidents, declared.id, { type: 'incident.giveLead', to: lead }, by(10 + n))
    const about = aboutOf(declared.state)
    await perform(spine, boards, declared.id, { type: 'tasks.follow', about }, by(20 + n))
    await perform(spine, boards, declared.id, { ...task, owner: lead }, by(30 + n))
  }
  const people = {
    find: async (id: string) => ({ ...somebody, id, kind: id.startsWith('U0GONE') ? 'deactivated' : 'member' }),
  } as unknown as People

  const looks = features.flatMap((feature) => feature.scheduled?.({ config, spine, people, log: quiet }) ?? [])
  for (const look of looks.filter(({ name }) => name.endsWith('/departures'))) await look.run(new Date())

  const leads = await Promise.all(['1', '2'].map(async (id) => (await incidents.load(database.db, id))?.lead))
  const owners = await Promise.all(['1', '2'].map(async (id) => (await boards.load(database.db, id))?.tasks[0]?.owner))
  expect([leads, owners]).toEqual([
    [null, 'U0ANA00001'],
    [null, 'U0ANA00001'],
  ])
  await database.close()
})

const declaration = (title: string) => ({ type: 'incident.declare' as const, title, severity: 'P4', despiteTwin: true })
const task = { type: 'task.add' as const, kind: 'task' as const, text: 'check the replica', dueAt: null }
const somebody = { handle: 'x', realName: 'X', timeZone: 'UTC' }
