/** The procedures that come with Tocsin, worked through in the running bot as people would. */
import { expect } from 'vitest'
import { withEntries } from '../support/rehearsal.ts'
import { type Person, type Play, type SeenMessage, story } from '../support/story.ts'

/** Presses Done until it has come there: `step 4 of`, or `finished`. */
async function doneUntil(person: Person, run: SeenMessage, where: string): Promise<void> {
  for (let pressed = 0; pressed < 20 && !run.shows().includes(where); pressed += 1) {
    const [step = ''] = /step \d+ of/.exec(run.shows()) ?? []
    await person.click(run, 'Done')
    // The message follows a moment later.
    await expect.poll(() => !run.shows().includes(step), { timeout: 10_000 }).toBe(true)
  }
  await run.expectEdit(where)
}

async function begun({ slack }: Pick<Play, 'slack'>, name: string): Promise<{ ana: Person; run: SeenMessage }> {
  const ana = slack.person('ana')
  await ana.type('#general', `/runbook start ${name}`)
  return { ana, run: await slack.channel('#general').expectMessage('step 1 of') }
}

story('a service that is gone is built up again: what was deleted decides where to begin', async ({ slack, clock }) => {
  const { ana, run } = await begun({ slack }, 'dr-application')
  await doneUntil(ana, run, 'step 4 of 17')
  await ana.choose(run, 'Choose the answer', 'Secrets are gone')
  await run.expectEdit('step 7 of', 'Put the secrets back from the vault')
  await doneUntil(ana, run, 'step 11 of 17')
  await ana.click(run, 'Run')
  await run.expectEdit('waiting 10 min')
  await clock.advance('10m')
  await run.expectEdit('step 12 of 17', 'As many run as before')
  await doneUntil(ana, run, 'finished')
})

story(
  'a deployment that does worse than the release before is offered a guarded action that takes it back',
  async ({ slack, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new p3 checkout gets a new release')
    await ana.expectTold('INC-1 is declared')
    await slack.channel('#incidents').expectMessage('INC-1')
    const place = '#inc-1-checkout-gets-a-new-release'
    const room = slack.channel(place)
    await room.expectMessage('INC-1')
    await settle()
    await ana.type(place, '/inc runbook deployment')
    const run = await room.expectMessage('Deployment', 'step 1 of')
    await doneUntil(ana, run, 'step 3 of 16')
    await ana.choose(run, 'Choose the answer', 'None, or only additions')
    await run.expectEdit('step 6 of 16', 'One instance first')
    await doneUntil(ana, run, 'step 9 of 16')
    await ana.choose(run, 'Choose the answer', 'It does worse')
    await run.expectEdit('step 10 of 16', 'Take it back at once', 'Ask for it')
    await doneUntil(ana, run, 'finished')
  },
  { config: withEntries() },
)

story('an on-call hand-over goes from being reachable to saying «I have it»', async ({ slack }) => {
  const { ana, run } = await begun({ slack }, 'on-call-hand-over')
  await doneUntil(ana, run, 'step 3 of 13')
  await ana.choose(run, 'Choose the answer', 'I get in everywhere')
  await run.expectEdit('step 5 of 13', 'Go through the open incidents together')
  await doneUntil(ana, run, 'step 11 of 13')
  await doneUntil(ana, run, 'finished')
})
