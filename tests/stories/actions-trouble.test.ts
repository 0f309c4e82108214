/** When an action goes wrong: it fails, does not help, is stopped, takes too long, or nobody knows. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { asked, changeWorld, expectRun, rehearsed, startsOf, withEntries } from '../support/rehearsal.ts'
import { type Play, type SeenMessage, story } from '../support/story.ts'

const config = withEntries(rehearsed('rollback-checkout'))

async function begun(slack: Play['slack'], number = 1): Promise<SeenMessage> {
  const card = await asked(slack, number)
  await slack.person('ben').click(card, 'Approve')
  await slack.channel('#ops').expectMessage(`A-${number} began`)
  await slack.channel('#status-updates').expectMessage(`A-${number} began`)
  return card
}

async function expectEnd(slack: Play['slack'], ...words: string[]): Promise<void> {
  await slack.channel('#ops').expectMessage('@ana @ben', ...words)
  await slack.channel('#status-updates').expectMessage(words[0] ?? '')
}

story(
  'one that fails says so, keeps its last lines, and lets the target go',
  async ({ slack, stage }) => {
    changeWorld(stage, { trouble: 'fails' })
    const card = await begun(slack)
    await expectEnd(slack, 'A-1 failed', 'it was told to fail')
    await card.expectEdit('failed', 'practising, line 1')

    changeWorld(stage, {})
    await slack.person('ana').click(card, 'Ask again')
    await slack.person('ana').expectTold('A-2 is being planned')
    const second = await slack.channel('#ops').expectMessage('A-2 ', 'waits for approval', 'v142 → v141', 'Needs')
    await slack.channel('#ops').expectMessage('A-2 waits for approval by')
    await slack.person('ben').click(second, 'Approve')
    await expectRun(slack, 2)
  },
  { config },
)

story(
  'one that ran and did not help is no success: the target is held, and the way back is offered and passes the hold',
  async ({ slack, stage, clock }) => {
    changeWorld(stage, { isSick: true })
    const card = await begun(slack)
    await card.expectEdit('is done and being verified')
    await clock.advance('11s')
    await expectEnd(slack, 'A-1 ran, and did not help', 'v141 is sick')
    await slack.channel('#ops').expectMessage('@ana holds checkout/production', 'the verification of A-1 failed')
    await card.expectEdit('ran, and did not help', 'Undo…')

    changeWorld(stage, {})
    await slack.person('cleo').click(card, 'Undo…')
    await slack.person('cleo').expectTold('A-2 is being planned')
    const back = await slack.channel('#ops').expectMessage('v141 → v142', 'asked by @cleo', 'Undoes A-1')
    await slack.channel('#ops').expectMessage('A-2 waits for approval')
    await slack.person('ben').click(back, 'Approve')
    await slack.channel('#ops').expectMessage('A-2 began')
    await slack.channel('#ops').expectMessage('@cleo @ben A-2 worked')
    await slack.channel('#status-updates').expectMessage('A-2 began')
    await slack.channel('#status-updates').expectMessage('A-2 worked')
  },
  { config },
)

story(
  'what runs shows its last lines, and stops when somebody who may says so; meanwhile nothing else touches the target',
  async ({ slack, stage }) => {
    const card = await begun(slack)
    await card.expectEdit('is running', 'practising, line', 'Stop')
    const dmitri = slack.person('dmitri')
    await dmitri.type('#general', '/action rollback checkout production because I see errors too')
    await dmitri.expectTold('A-1 (Roll back checkout)', 'is running already')
    await slack.person('cleo').click(card, 'Stop')
    await expectEnd(slack, 'A-1 was stopped')
    await card.expectEdit('was stopped', '@cleo asked to stop it')
    expect(startsOf(stage)).toHaveLength(1)
  },
  { config: withEntries(rehearsed('rollback-checkout', { with: { takesMilliseconds: 60_000 } })) },
)

story(
  'what takes longer than it may is stopped',
  async ({ slack, clock }) => {
    const card = await begun(slack)
    await card.expectEdit('is running')
    await clock.advance('2m1s')
    await expectEnd(slack, 'A-1 was stopped')
    await card.expectEdit('it ran longer than its 120 seconds')
  },
  { config: withEntries(rehearsed('rollback-checkout', { with: { takesMilliseconds: 600_000 } })) },
)

story(
  'what was refused outside has surely had no effect, and is simply failed',
  async ({ slack, stage }) => {
    changeWorld(stage, { trouble: 'rejects' })
    await begun(slack)
    await expectEnd(slack, 'A-1 failed', 'The rehearsed world refused it')
    expect(startsOf(stage)).toEqual([])
  },
  { config },
)

story(
  'an answer that was lost: nothing is sent again, it is looked for, found, and ends well',
  async ({ slack, stage, clock }) => {
    changeWorld(stage, { trouble: 'loses-answer' })
    const card = await begun(slack)
    await slack.channel('#ops').expectMessage('@ana: nobody knows whether A-1 happened', 'The answer was lost')
    await card.expectEdit('is in an unknown state', 'Do not do it again by hand')
    await clock.advance('10s')
    await expectEnd(slack, 'A-1 worked and is verified')
    expect(startsOf(stage)).toHaveLength(1)
  },
  { config },
)

story(
  'when nobody can tell, the target stays locked, somebody is paged, and a person decides with evidence',
  async ({ slack, stage, clock, pagerduty }) => {
    changeWorld(stage, { trouble: 'cannot-tell' })
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const card = await begun(slack)
    await slack.channel('#ops').expectMessage('@ana: nobody knows whether A-1 happened')
    await clock.advance('10s')
    await card.expectEdit('I looked, and cannot tell: The rehearsed world does not answer')
    await ana.type('#general', '/action rollback checkout production because clients see errors')
    await ana.expectTold('A-1 (Roll back checkout)', 'is in an unknown state already')
    await clock.advance('5m')
    await slack.channel('#ops').expectMessage('A-1', 'is still unknown')
    await pagerduty.expectPage('nobody knows whether it happened')

    await ben.click(card, 'Look again')
    const looked = () =>
      rows<{ n: number }>(
        stage.app.database.db,
        sql`select count(*)::int as n from journal where type = 'action.notFound'`,
      )
    await expect.poll(async () => (await looked())[0]?.n).toBe(2)
    await ben.click(card, 'Say what happened')
    await ben.expectModal('What happened?')
    await ben.submit({ 'Was it done?': 'It was not done', 'How do you know?': 'v142 answers on both hosts' })
    await expectEnd(slack, 'A-1 is settled: it was not done', 'v142 answers on both hosts')
    await pagerduty.expectStatus('actions/1', 'resolved')
    expect(startsOf(stage)).toHaveLength(1)
  },
  { config },
)

story(
  'an incident asks about what is still at work before it is resolved; «Run action» is on its card',
  async ({ slack }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.type('#general', '/inc new p3 checkout is slow')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-slow')
    const incident = await room.expectMessage('INC-1', 'checkout is slow')
    await ana.click(incident, 'Run action')
    await ana.expectModal('Run an action')
    await ana.submit({ 'What?': 'Roll back checkout · checkout/production', Details: 'to=v140' })
    await ana.expectTold('A-1 is being planned', 'the channel of INC-1')
    const card = await room.expectMessage('v142 → v140', 'for INC-1', 'Why: INC-1: checkout is slow')
    await room.expectMessage('A-1 waits for approval')
    await ben.click(card, 'Approve')
    await room.expectMessage('A-1 began')
    await slack.channel('#status-updates').expectMessage('A-1 began')
    await ana.type('#inc-1-checkout-is-slow', '/inc resolve')
    const form = await ana.expectModal('Resolve')
    expect(JSON.stringify(form.blocks)).toContain('A-1 (Roll back checkout) is')
    await card.expectEdit('is running', 'Stop')
    await ana.click(card, 'Stop')
    await room.expectMessage('@ana @ben A-1 was stopped')
    await slack.channel('#status-updates').expectMessage('A-1 was stopped')
    await ana.type('#inc-1-checkout-is-slow', '/inc timeline')
    const timeline = await ana.expectTold('INC-1 timeline', '@ana asked for A-1: Roll back checkout, production')
    expect(timeline.shows()).toContain('A-1 began: Roll back checkout, production, v142 → v140')
    expect(timeline.shows()).toContain('A-1 was stopped: Roll back checkout, production')
  },
  { config: withEntries(rehearsed('rollback-checkout', { with: { takesMilliseconds: 60_000 } })) },
)

story(
  'a command whose supervisor was killed is unknown once, and stays so until a person has looked',
  async ({ slack, stage, clock }) => {
    const card = await begun(slack)
    await card.expectEdit('is running')
    const { supervisor, child } = JSON.parse(
      readFileSync(path.join(stage.dataFolder, 'runs', 'A-1', 'state.json'), 'utf8'),
    ) as Record<'supervisor' | 'child', { pid: number }>
    process.kill(supervisor.pid, 'SIGKILL')
    const ops = slack.channel('#ops')
    await ops.expectMessage('@ana: nobody knows whether A-1 happened', 'Runs on without its supervisor')
    await clock.advance('10s')
    await card.expectEdit('I looked, and cannot tell more.')

    process.kill(-child.pid, 'SIGKILL')
    await slack.person('ben').click(card, 'Look again')
    await card.expectEdit('I looked, and cannot tell: Its supervisor died, and nobody saw how it ended')
    await slack.person('ben').click(card, 'Say what happened')
    await slack.person('ben').expectModal('What happened?')
    await slack
      .person('ben')
      .submit({ 'Was it done?': 'It was not done', 'How do you know?': 'v142 answers everywhere' })
    await expectEnd(slack, 'A-1 is settled: it was not done')
  },
  {
    config: withEntries(
      rehearsed('rollback-checkout', {
        executor: 'process',
        with: { run: ['/bin/sleep', '600'] },
        params: {},
        verify: { probes: [{ command: { run: ['/bin/true'] } }], passes: 1 },
      }),
    ),
  },
)
