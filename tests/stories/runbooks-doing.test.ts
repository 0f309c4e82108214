/** Steps that do something: an action is asked for, a database is asked, clients are written to. */
import { beforeAll, expect } from 'vitest'
import { freshDatabaseUrl } from '../support/database.ts'
import { rehearsed, withEntries } from '../support/rehearsal.ts'
import { doingShelf, working } from '../support/runbooks.ts'
import { story } from '../support/story.ts'

const options = { config: doingShelf }
const shop = { url: '' }
beforeAll(async () => {
  shop.url = await freshDatabaseUrl()
})

story(
  'a step asks for an action, shows how it stands, and holds its result; the timeline has all of it',
  async ({ slack }) => {
    const { ana, place, room } = await working({ slack }, 'bad-release')
    const ben = slack.person('ben')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, "I'm on it")
    await run.expectEdit('@ana is on it')
    await ben.click(run, 'Done')
    await run.expectEdit('step 2 of 4', 'rollback checkout staging')
    await ana.click(run, 'Ask for it')

    const action = await room.expectMessage('Rehearse a rollback of checkout', 'A-1')
    await ana.expectTold('A-1 is being planned')
    await room.expectMessage('A-1 waits for approval')
    await run.expectEdit('A-1 waits for approval: v142 → v141', 'its card has the buttons')
    expect(action.shows()).toContain('runbook A release does harm')
    await ben.click(action, 'Approve')
    await room.expectMessage('A-1 began')
    await room.expectMessage('A-1 worked and is verified')
    for (const words of ['A-1 began', 'A-1 worked']) await slack.channel('#status-updates').expectMessage(words)
    await slack.channel('#ops').expectMessage('holds checkout/staging')
    await run.expectEdit('step 2 of 4', 'A-1 worked and is verified: v142 → v141')
    await ana.click(run, 'Done')
    await run.expectEdit('step 3 of 4', 'Tell the authors')

    await ana.type(place, '/inc timeline')
    await room.expectOnlyFor(
      ana,
      '@ana began the runbook A release does harm',
      'A release does harm, step 1 done by @ben: Look whether the failures began',
      'step 2 done by @ana: Roll it back. It saw A-1 worked and is verified',
    )
  },
  options,
)

story(
  'two people ask for the same action at once: it is asked for once',
  async ({ slack }) => {
    const { ana, room } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Done')
    await run.expectEdit('step 2 of 4')
    const ben = slack.person('ben')
    await Promise.all([ana.click(run, 'Ask for it'), ben.click(run, 'Ask for it')])
    await room.expectMessage('Rehearse a rollback of checkout', 'A-1')
    await room.expectMessage('A-1 waits for approval')
    await run.expectEdit('A-1 waits for approval')
    const refusal = () => room.messages().find((message) => message.text.includes('It is running already'))
    await expect.poll(() => refusal() !== undefined).toBe(true)
    const [winner, loser] = refusal()?.onlyFor === ana.id ? [ben, ana] : [ana, ben]
    await winner.expectTold('A-1 is being planned')
    await room.expectOnlyFor(loser, 'It is running already')
  },
  options,
)

story(
  'a value of the alert is one argument: the catalogue takes it as it is, or refuses it and the step is open again',
  async ({ slack, alerts }) => {
    await alerts.post({
      title: 'NamedRelease',
      severity: 'critical',
      labels: { alertname: 'NamedRelease', severity: 'critical', version: 'v141 --force; $(id)' },
    })
    await slack.channel('#alerts').expectMessage('NamedRelease')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-namedrelease')
    await room.expectMessage('INC-1')
    const run = await room.expectMessage('Back to the release', 'Roll back to v141 --force; $(id)')
    const ana = slack.person('ana')
    await ana.click(run, 'Ask for it')
    await room.expectOnlyFor(ana, 'to: I accept a name of letters')
    await run.expectEdit('Ask for it', 'step 1 of 1')
    await ana.type('#general', '/action list')
    const list = await slack.channel('#general').expectOnlyFor(ana, 'Rehearse a rollback')
    expect(list.shows()).not.toContain('A-1')
  },
  { config: (example) => withEntries()(doingShelf(example)) },
)

story(
  'what is gravest asks for its phrase before anything is planned, and nothing is under way until it is typed',
  async ({ slack }) => {
    const { ana, room } = await working({ slack }, 'grave', 'rows are gone')
    const run = await room.expectMessage('Back to the backup', 'step 1 of 1')
    await ana.click(run, 'Ask for it')
    await ana.expectModal('Ask for an action')
    await ana.submit({ phrase: 'restore' })
    await ana.expectTold('Type exactly restore payments production')
    await ana.click(run, 'Ask for it')
    await ana.expectModal('Ask for an action')
    await ana.submit({ phrase: 'restore payments production' })
    await ana.expectTold('A-2 is being planned')
    await room.expectMessage('Restore payments', 'A-2')
    await room.expectMessage('A-2 waits for approval')
    await run.expectEdit('A-2 waits for approval')
  },
  {
    config: (example) =>
      withEntries(
        rehearsed('restore-payments', {
          title: 'Restore payments',
          verb: 'restore',
          targets: ['payments/production'],
          tier: 'T3',
          approve: [
            { group: 'approvers', count: 1 },
            { group: 'responders', count: 1 },
          ],
        }),
      )(doingShelf(example)),
  },
)

story(
  'a check asks a database that tocsin.yml names, with the label as a value, and says what was expected',
  async ({ slack, alerts }) => {
    await alerts.post({
      title: 'StuckOrders',
      severity: 'critical',
      labels: { alertname: 'StuckOrders', severity: 'critical', shop: 'north' },
    })
    await slack.channel('#alerts').expectMessage('StuckOrders')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-stuckorders')
    await room.expectMessage('INC-1')
    const run = await room.expectMessage('Orders are stuck', '$1 = north', 'Asks the database shop')
    const ana = slack.person('ana')
    await ana.click(run, 'Run')
    await run.expectEdit('stuck = 2; = 0 was expected')
    await ana.click(run, 'Done')
    await run.expectEdit('step 2 of 2')
    await ana.click(run, 'Run')
    await room.expectOnlyFor(ana, 'tocsin.yml has no database archive')
  },
  {
    config: (example) =>
      withEntries()(doingShelf(example)).replace(
        'databases: {}',
        'databases: { shop: { urlVariable: SHOP_DATABASE_URL } }',
      ),
    get secrets() {
      return { SHOP_DATABASE_URL: shop.url }
    },
  },
)

const message = {
  'What clients call it': 'Paying is slow',
  'What clients notice': 'Paying takes up to a minute.',
  'Are clients concerned?': 'Confirmed: clients are concerned',
  'How bad is it for them?': 'Degraded: slower, or with errors',
  'What of ours is concerned?': ['Checkout'],
  'When do clients hear more?': 'In 30 minutes',
}

story(
  'a step opens the form of a message to clients, shows how it stands, and is done when it is published',
  async ({ slack }) => {
    const { ana, room, place } = await working({ slack }, 'clients')
    const ben = slack.person('ben')
    const run = await room.expectMessage('Clients want to know', 'step 1 of 2')
    await ana.click(run, 'Draft')
    const form = await ana.expectModal('Message to clients')
    expect(JSON.stringify(form.blocks)).toMatch(/"initial_option":\{"value":"incident-first-confirmed"/)
    await ana.submit(message)
    const review = await room.expectMessage('Message to clients 1.1', 'Waits for somebody')
    await run.expectEdit('Message 1.1 (First message: confirmed) waits for somebody who reads and approves it')
    expect(run.shows()).not.toContain('[Draft]')
    await ben.click(review, 'Ask for changes')
    await ben.expectModal('Ask for changes')
    await ben.submit({ 'What should be different?': 'Name the region.' })
    await ana.expectTold('asks for changes', 'Name the region.')
    await run.expectEdit('changes are asked for: Name the region.')
    await ben.click(review, 'Discard')
    await review.expectEdit('Discarded')
    await run.expectEdit('was discarded', 'step 1 of 2')
    await ana.click(run, 'Draft')
    await ana.expectModal('Message to clients')
    await ana.submit(message)
    const second = await room.expectMessage('Message to clients 1.2', 'Waits for somebody')
    await run.expectEdit('Message 1.2')
    await ben.click(second, 'Approve and publish')
    await slack.channel('#status-updates').expectMessage('Paying is slow')
    await run.expectEdit('step 2 of 2', '@ben', 'Message 1.2 (First message: confirmed) was published')
    await ana.type(place, '/inc timeline')
    await room.expectOnlyFor(ana, 'step 1 done by @ben', 'was published')
  },
  options,
)

story(
  'the bot is restarted while an action of a step waits: the step is as it was, and the result still arrives',
  async ({ slack, stage }) => {
    const { ana, room } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Done')
    await run.expectEdit('step 2 of 4')
    await ana.click(run, 'Ask for it')
    await ana.expectTold('A-1 is being planned')
    const action = await room.expectMessage('Rehearse a rollback of checkout', 'A-1')
    await room.expectMessage('A-1 waits for approval')
    await run.expectEdit('A-1 waits for approval')

    await stage.stopBot()
    await stage.startBot()

    await slack.person('ben').click(action, 'Approve')
    await room.expectMessage('A-1 began')
    await room.expectMessage('A-1 worked and is verified')
    for (const words of ['A-1 began', 'A-1 worked']) await slack.channel('#status-updates').expectMessage(words)
    await slack.channel('#ops').expectMessage('holds checkout/staging')
    await run.expectEdit('A-1 worked and is verified', 'step 2 of 4')
    await ana.click(run, 'Done')
    await run.expectEdit('step 3 of 4')
  },
  options,
)

story(
  'an action that is denied opens its step again, with why, and may be asked for anew',
  async ({ slack }) => {
    const { ana, room } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Done')
    await run.expectEdit('step 2 of 4')
    await ana.click(run, 'Ask for it')
    await ana.expectTold('A-1 is being planned')
    const action = await room.expectMessage('Rehearse a rollback of checkout', 'A-1')
    await room.expectMessage('A-1 waits for approval')
    const ben = slack.person('ben')
    await ben.click(action, 'Deny')
    await ben.expectModal('Deny')
    await ben.submit({ 'Why?': 'the backup runs' })
    await room.expectMessage('denied A-1', 'the backup runs')
    await run.expectEdit('A-1 was denied: the backup runs', 'Ask for it')
    await ana.click(run, 'Ask for it')
    await ana.expectTold('A-2 is being planned')
    await room.expectMessage('Rehearse a rollback of checkout', 'A-2')
    await room.expectMessage('A-2 waits for approval')
    await run.expectEdit('A-2 waits for approval')
  },
  options,
)
