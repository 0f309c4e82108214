/** What stands in the way of an action: every no that a person can get, and what it says would be accepted. */
import { expect } from 'vitest'
import { asked, changeWorld, expectRun, rehearsed, startsOf, withEntries } from '../support/rehearsal.ts'
import { story } from '../support/story.ts'

const config = withEntries(rehearsed('rollback-checkout'))

story(
  'what is not in the catalogue is not done, and the nearest word is offered',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/action rolback checkout production')
    await ana.expectTold('rolback is no command of /action', 'Did you mean rollback')
    await ana.type('#general', '/action rollback search production because it is slow')
    await ana.expectTold('I know no search here', 'checkout production')
    await ana.type('#general', '/action rollback checkout because it is slow')
    await ana.expectTold('Which environment of checkout')
    await ana.type('#general', '/action restore payments')
    await ana.expectTold('The catalogue has nothing to restore')
    await ana.type('#general', '/action rollback checkout production colour=red because it is slow')
    await ana.expectTold('colour: I accept to')
    await ana.type('#general', '/action rollback checkout production because short')
    await ana.expectTold('Say why, in ten letters or more')
  },
  { config },
)

story(
  'a version that does not exist makes no plan, and the card says which there are',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/action rollback checkout production v7 because clients see errors')
    await ana.expectTold('A-1 is being planned')
    const card = await slack.channel('#ops').expectMessage('Roll back checkout')
    await card.expectEdit('has no plan', 'to is v7, which does not exist', 'There is v140, v141, v142')
    await ana.click(card, 'Withdraw')
    await card.expectEdit('was withdrawn')
  },
  { config },
)

story(
  'without a reason, and outside of an incident, a form asks for one',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/action rollback checkout production')
    await ana.expectModal('Run an action')
    await ana.submit({ 'What?': 'Roll back checkout · checkout/production', 'Why?': 'clients see errors' })
    await ana.expectTold('A-1 is being planned')
    await slack.channel('#ops').expectMessage('Roll back checkout')
    await slack.channel('#ops').expectMessage('A-1 waits for approval')
  },
  { config },
)

story(
  'only those who may ask do; only those who may approve do, and a no says who could',
  async ({ slack, stage }) => {
    const [ana, ben, cleo] = ['ana', 'ben', 'cleo'].map((name) => slack.person(name))
    if (!ana || !ben || !cleo) throw new Error('three people are needed')
    await cleo.type('#general', '/action rollback checkout production because clients see errors')
    await cleo.expectTold('Only askers may do this', '@ana')
    const card = await asked(slack, 1)
    expect(card.shows()).toContain('asked by @ana')

    await cleo.click(card, 'Approve')
    await cleo.expectTold('Only deciders may do this', '@ben')
    await cleo.click(card, 'Deny')
    await cleo.expectTold('Only askers may do this')
    await cleo.click(card, 'Withdraw')
    await cleo.expectTold('Only whoever asked for it may take it back')
    await ben.click(card, 'Deny')
    await ben.expectModal('Deny')
    await ben.submit({ 'Why?': 'the backup runs' })
    await card.expectEdit('was denied', 'Denied by @ben: the backup runs')
    await slack.channel('#ops').expectMessage('@ben denied A-1', 'the backup runs')
    await ben.type('#general', '/action approve A-1')
    await ben.expectTold('It was denied, so this cannot be done now')
    expect(startsOf(stage)).toEqual([])
  },
  {
    config: (example) =>
      withEntries(rehearsed('rollback-checkout', { request: 'askers', approve: [{ group: 'deciders' }] }))(
        example,
      ).replace('  breakGlass: [] #', '  askers: [U0ANA00001]\n  deciders: [U0BEN00002]\n  breakGlass: [] #'),
  },
)

story(
  'an empty group of approvers means nobody, and says so',
  async ({ slack }) => {
    const card = await asked(slack, 1)
    await slack.person('ben').click(card, 'Approve')
    await slack.person('ben').expectTold('Nobody may do this yet', 'groups.approvers')
  },
  { config: (example) => config(example).replace('approvers: everyone', 'approvers: []') },
)

story(
  'nobody approves their own, and a second request for the same is shown the first',
  async ({ slack }) => {
    const card = await asked(slack, 1)
    await slack.person('ana').click(card, 'Approve')
    await slack.person('ana').expectTold('somebody else approves it')
    await slack.person('ben').type('#general', '/action rollback checkout production because I see errors too')
    await slack.person('ben').expectTold('A-1 (Roll back checkout)', 'waits for approval already')
  },
  { config },
)

story(
  'two approvals are two people; the same one twice is one',
  async ({ slack, stage }) => {
    const card = await asked(slack, 1)
    const [ben, cleo] = [slack.person('ben'), slack.person('cleo')]
    await ben.click(card, 'Approve')
    await card.expectEdit('Approved by @ben', '1 to go')
    await ben.click(card, 'Approve')
    await ben.expectTold('You approved it already')
    expect(startsOf(stage)).toEqual([])
    await cleo.click(card, 'Approve')
    await expectRun(slack, 1)
  },
  { config: withEntries(rehearsed('rollback-checkout', { approve: [{ group: 'approvers', count: 2 }] })) },
)

story(
  'a plan that nobody approved in time expires; asking again makes a new one',
  async ({ slack, clock }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const card = await asked(slack, 1)
    await clock.advance('16m')
    await card.expectEdit('expired')
    await slack.channel('#ops').expectMessage('@ana: A-1', 'expired before it began')
    await ben.type('#general', '/action approve A-1')
    await ben.expectTold('It expired')
    await ana.click(card, 'Ask again')
    await ana.expectTold('A-2 is being planned')
    await slack.channel('#ops').expectMessage('A-2 ', 'waits for approval', 'v142 → v141', 'Needs 1 person')
    await slack.channel('#ops').expectMessage('A-2 waits for approval by')
  },
  { config },
)

story(
  'when nobody approves within two minutes, the deputies are asked',
  async ({ slack, clock }) => {
    await asked(slack, 1)
    await clock.advance('2m')
    await slack.channel('#ops').expectMessage('@eva: nobody approved A-1 yet')
  },
  {
    config: (example) =>
      config(example)
        .replace('  deputies: null', '  deputies: watch')
        .replace('  breakGlass: [] #', '  watch: [U0EVA00005]\n  breakGlass: [] #'),
  },
)

story(
  'the world moved between approval and start: nothing is done, the approvals are void, and a new plan is offered',
  async ({ slack, stage }) => {
    const ben = slack.person('ben')
    const card = await asked(slack, 1)
    changeWorld(stage, { live: 'v140' })
    await ben.click(card, 'Approve')
    await slack.channel('#ops').expectMessage('@ana: A-1', 'did not begin', 'The world has changed')
    await card.expectEdit('is blocked')
    expect(startsOf(stage)).toEqual([])

    changeWorld(stage, { live: 'v142' })
    await ben.click(card, 'Plan again')
    await slack.channel('#ops').expectMessage('A-1 waits for approval by')
    await card.expectEdit('1 to go')
    await ben.click(card, 'Approve')
    await expectRun(slack, 1)
    expect(startsOf(stage)).toHaveLength(1)
  },
  { config },
)

story(
  'a held target stays as it is; its owner passes, and somebody else releases it with a reason',
  async ({ slack, stage }) => {
    const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
    const ops = slack.channel('#ops')
    await cleo.type('#general', '/action hold checkout/production 2h the migration runs')
    await cleo.expectTold('checkout/production is held')
    await ops.expectMessage('@cleo holds checkout/production', 'the migration runs')
    const card = await asked(slack, 1)
    await card.expectEdit('checkout/production is held for', 'the migration runs', 'cannot begin before')
    await ben.click(card, 'Approve')
    await ops.expectMessage('@ana: A-1', 'did not begin', '@cleo holds checkout/production: the migration runs')
    expect(startsOf(stage)).toEqual([])

    await ana.type('#general', '/action release checkout/production')
    await ana.expectTold('somebody else’s hold, so say why')
    await ana.type('#general', '/action release checkout/production the migration is over')
    await ana.expectTold('is released')
    await ops.expectMessage('@ana released the hold on checkout/production of @cleo', 'the migration is over')
    await ana.click(card, 'Plan again')
    await ops.expectMessage('A-1 waits for approval by')
    await card.expectEdit('1 to go')
    await ben.click(card, 'Approve')
    await expectRun(slack, 1)
  },
  { config },
)

story(
  'a hold ends by itself at its moment, and needs a known target, a span and a reason',
  async ({ slack, clock }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/action hold checkout/production 30m')
    await ana.expectTold('reason is missing')
    await ana.type('#general', '/action hold checkout/production soon because')
    await ana.expectTold('soon is no duration')
    await ana.type('#general', '/action hold nothing/production 1h we wait')
    await ana.expectTold('No action has to do with nothing/production')
    await ana.type('#general', '/action hold checkout/production 30d we wait long')
    await ana.expectTold('A hold lasts at most 7 d')
    await ana.type('#general', '/action hold checkout/production 30m we wait')
    await ana.expectTold('is held')
    await slack.channel('#ops').expectMessage('@ana holds checkout/production')
    await clock.advance('31m')
    await ana.type('#general', '/action release checkout/production')
    await ana.expectTold('Nothing holds checkout/production')
  },
  { config },
)

story(
  'the switch turns all actions off at once, and only approvers turn it on',
  async ({ slack, stage }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const card = await asked(slack, 1)
    await ana.type('#general', '/action freeze')
    await ana.expectTold('reason is missing')
    await ana.type('#general', '/action freeze the deploy robot runs wild')
    await ana.expectTold('Actions are switched off')
    const ops = slack.channel('#ops')
    await ops.expectMessage('@ana switched off all actions', 'the deploy robot runs wild')
    await ben.type('#general', '/action rollback checkout staging because it is slow there')
    await ben.expectTold('All actions are switched off: the deploy robot runs wild', '/action unfreeze')
    await ben.click(card, 'Approve')
    await ops.expectMessage('@ana: A-1', 'did not begin', 'All actions are switched off')
    expect(startsOf(stage)).toEqual([])
    await ana.type('#general', '/action unfreeze')
    await ana.expectTold('Only approvers may do this')
    await ben.type('#general', '/action unfreeze the robot sleeps')
    await ben.expectTold('switched on again')
    await ops.expectMessage('@ben switched actions on again')
  },
  { config: (example) => config(example).replace('approvers: everyone', 'approvers: [U0BEN00002]') },
)

story(
  'in a freeze nothing begins, unless the incident is grave enough',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/action rollback checkout production because clients see errors')
    await ana.expectTold('The freeze «all of it» is on')
    await ana.type('#general', '/action list')
    await ana.expectTold('checkout/production is frozen: all of it')

    await ana.type('#general', '/inc new p1 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    await room.expectMessage('INC-1', 'checkout is down')
    await ana.type('#inc-1-checkout-is-down', '/inc rollback checkout production')
    await ana.expectTold('A-2 is being planned', 'the channel of INC-1')
    const card = await room.expectMessage('Roll back checkout', 'for INC-1')
    await room.expectMessage('A-2 waits for approval')
    await slack.person('ben').click(card, 'Approve')
    await room.expectMessage('A-2 began')
    await room.expectMessage('A-2 worked and is verified')
    await slack.channel('#status-updates').expectMessage('A-2 began')
    await slack.channel('#status-updates').expectMessage('A-2 worked')
  },
  {
    config: (example) =>
      config(example)
        .replace(
          '  freezes: [] #',
          '  freezes: [{ name: all of it, kind: deny, scope: "*/production", exempt: { severity: P1 } }] #',
        )
        .replace('mail: [leadership@example.com]', 'mail: []')
        .replace('    page: platform # The team that is paged.\n', ''),
  },
)
