/** A rollback from the wish to the verified end, and what stands in its way. */
import { expect } from 'vitest'
import { story } from '../support/story.ts'

story('a rollback: planned, approved by somebody else, run, verified, told', async ({ slack }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  await ana.type('#general', '/action rollback checkout staging because clients see errors')
  await ana.expectTold('A-1 is being planned', '#ops')
  const ops = slack.channel('#ops')
  const card = await ops.expectMessage('Rehearse a rollback of checkout · checkout · staging', 'v142 → v141')
  await ops.expectMessage('A-1 waits for approval by approvers', 'v142 → v141', '@ana')
  await card.expectEdit('Needs 1 person of approvers, not @ana', 'Lost: nothing', 'clients see errors')

  await ana.click(card, 'Approve')
  await ana.expectTold('You asked for it, so somebody else approves it')
  await ben.click(card, 'Approve')

  await ops.expectMessage('A-1 began', 'v142 → v141')
  await ops.expectMessage('@ana @ben A-1 worked and is verified', 'v141 now')
  await card.expectEdit('worked, verified', 'the rehearsed service is well: v141 is live')
  expect(card.now().blocks.some((block) => JSON.stringify(block).includes('Undo…'))).toBe(true)
  const updates = slack.channel('#status-updates')
  await updates.expectMessage('A-1 began')
  await updates.expectMessage('A-1 worked and is verified')
  await ops.expectMessage('@ana holds checkout/staging', 'so that nothing puts back what it changed')
})
