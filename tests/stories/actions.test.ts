/** A rollback from the wish to the verified end, and what stands in its way. */
import { expect } from 'vitest'
import { rehearsed, withEntries } from '../support/rehearsal.ts'
import { story } from '../support/story.ts'

const startOf = (view: unknown) =>
  /"initial_option":\{[^}]*\{[^}]*"text":"([^"]*)"/.exec(JSON.stringify(view))?.[1] ?? ''

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
  await ops.expectMessage('@ana holds checkout/staging', 'nothing shall put back what A-1 changed')
})

story(
  'while an incident that clients hear of is acted upon, the word to clients that fits is one click away',
  async ({ slack }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.type('#general', '/inc new p2 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    await room.expectMessage('INC-1')
    await ana.type('#inc-1-checkout-is-down', '/action rollback checkout production')
    await ana.expectTold('A-1 is being planned')
    const card = await room.expectMessage('Roll back checkout', 'Needs 1 person')
    await room.expectMessage('A-1 waits for approval')
    expect(card.shows()).not.toContain('Draft client update')
    // Ben is not in that channel, and is asked all the same.
    const asking = await ben.expectTold('A-1 waits for your approval, in the channel of INC-1', 'v142 → v141', '@ana')
    await ben.click(asking, 'Approve')

    await room.expectMessage('A-1 began')
    await card.expectEdit('is running', 'Draft client update')
    await ben.click(card, 'Draft client update')
    expect(startOf(await ben.expectModal('Message to clients'))).toContain('The cause is found')
    await room.expectMessage('A-1 worked and is verified', 'Draft client update')
    await card.expectEdit('worked, verified', 'Undo…', 'Draft client update')
    const updates = slack.channel('#status-updates')
    const news = await updates.expectMessage('A-1 began')
    expect(news.shows()).not.toContain('Draft client update')
    await updates.expectMessage('A-1 worked and is verified')

    await ana.click(card, 'Draft client update')
    expect(startOf(await ana.expectModal('Message to clients'))).toContain('Better, and being watched')
    await ana.submit({
      'What clients call it': 'Paying failed',
      'What clients notice': 'Paying works again.',
      'Are clients concerned?': 'Confirmed: clients are concerned',
    })
    await room.expectMessage('Message to clients 1.1', 'Better, and being watched', 'We have put a remedy in place')
  },
  {
    config: (example) =>
      withEntries(rehearsed('rollback-checkout', { with: { takesMilliseconds: 1_500 } }))(example).replace(
        'approvers: everyone',
        'approvers: [U0BEN00002]',
      ),
  },
)

story(
  'an incident that clients hear nothing of offers no word to them',
  async ({ slack }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.type('#general', '/inc new p3 checkout is slow')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-slow')
    await room.expectMessage('INC-1')
    await ana.type('#inc-1-checkout-is-slow', '/action rollback checkout production')
    await ana.expectTold('A-1 is being planned')
    const card = await room.expectMessage('Roll back checkout', 'Needs 1 person')
    await room.expectMessage('A-1 waits for approval')
    await ben.click(card, 'Approve')
    await room.expectMessage('A-1 began')
    const done = await room.expectMessage('A-1 worked and is verified')
    expect(done.shows()).not.toContain('Draft client update')
    expect(card.shows()).not.toContain('Draft client update')
    await slack.channel('#status-updates').expectMessage('A-1 began')
    await slack.channel('#status-updates').expectMessage('A-1 worked and is verified')
  },
  { config: withEntries(rehearsed('rollback-checkout')) },
)
