/** «Runbook» on the message of an alert: its steps, with the alert's own labels filled in. */
import { z } from 'zod'
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import { button, onClick } from '../../core/interactions.ts'
import { newSubject } from '../../core/perform.ts'
import { bold, escapeInline } from '../../lib/mrkdwn.ts'
import { messageButtons, readAlert, sayingOf } from '../alerts/index.ts'
import { incidentAggregate } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import { find, nameOf } from './library.ts'
import { discretionOf, openingOf, valuesOf } from './opening.ts'
import { runningFor } from './store.ts'

const alertButton = button('runbooks.ofAlert', z.object({ alert: z.string(), name: z.string() }))

export const alertFills = [
  messageButtons.fill(({ group, runbook }) =>
    runbook === null ? [] : [alertButton.draw('Runbook', { alert: group.id, name: nameOf(runbook).slice(0, 200) })],
  ),
]

export const alertClicks = [onClick(alertButton, { who: 'responders', run: open })]

/** In the channel of the incident that runs for the alert; while there is none, to whoever pressed. */
async function open(call: Call, { alert, name }: { alert: string; name: string }): Promise<Answer> {
  const { library } = call.policy(aggregate)
  const runbook = find(library, name)
  if (!runbook) return refuse(`There is no runbook “${escapeInline(name)}”. \`/runbook list\` shows all.`)
  const group = await readAlert(call.db, alert)
  const incident = group?.incident ? await incidentAggregate.load(call.db, group.incident.id) : null
  const running = incident === null ? [] : await runningFor(call.db, incident.id)
  if (incident !== null && running.some((run) => run.name === runbook.name))
    return tell(`${bold(runbook.title)} is open in the channel of INC-${incident.id} already.`)

  const said = group === null ? {} : sayingOf(group)
  // Steps ask about the service of the incident; before there is one, the alert knows it.
  const service = group?.service ? { 'incident.service': group.service } : {}
  const values = { ...service, ...valuesOf({ ...said, ...(incident === null ? {} : { incident }) }) }
  const place = incident === null ? (`@${call.person.id}` as const) : (`incidents/${incident.id}/channel` as const)
  const circumstances = { incident: incident?.id ?? null, ...discretionOf(incident), place, values, now: call.now }
  const opening = openingOf(runbook, circumstances)
  const outcome = await call.perform(aggregate, newSubject, { type: 'run.start', ...opening })
  if ('refused' in outcome) return sentence(outcome)
  const where = incident === null ? 'in our direct messages' : `in the channel of INC-${incident.id}`
  return tell(`${bold(runbook.title)} is started ${where}.`)
}
