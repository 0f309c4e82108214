/** What of incidents stands in App Home, and in a hand-over: what is open, and what waits for this person. */
import type { Db } from '../../core/db.ts'
import type { Block } from '../../core/effects.ts'
import { actions, section } from '../../lib/blocks.ts'
import { bold } from '../../lib/mrkdwn.ts'
import type { HomeVisit } from '../tocsin/index.ts'
import type { Incident } from './domain.ts'
import { listOpen } from './store.ts'
import { acceptHandoverButton, declareButton, key, listLine } from './views.ts'

const shown = 10

export async function homePart(db: Db, { person }: HomeVisit): Promise<Block[]> {
  return homeBlocks(await listOpen(db, { person }, shown), person)
}

export function homeBlocks(open: readonly Incident[], person: string): Block[] {
  const offered = open.filter((incident) => incident.handover?.to === person)
  const lines = open.map(listLine)
  const heading = open.length === 0 ? 'No incident is open.' : 'Open incidents'
  return [
    section([bold(heading), ...lines].join('\n')),
    actions([declareButton.draw('Declare incident', { title: '' }, { style: 'primary' })]),
    ...offered.flatMap(waiting),
  ]
}

/** For whoever takes over being on call. Private ones are no part of it. */
export async function handOverLines(db: Db): Promise<string[]> {
  const open = await listOpen(db, { person: null }, shown + 1)
  if (open.length === 0) return ['No incident is open.']
  const more = open.length > shown ? ['• and more: `/inc list`'] : []
  return ['*Open incidents*', ...open.slice(0, shown).map((incident) => `• ${listLine(incident)}`), ...more]
}

function waiting(incident: Incident): Block[] {
  return [
    section(`You are asked to take over the lead of ${bold(key(incident))}.`),
    actions([acceptHandoverButton.draw('I take over', { incident: incident.id }, { style: 'primary' })]),
  ]
}
