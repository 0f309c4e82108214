/** Actions where nobody should hear of them, too many of them, and what is left of them on the disk. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { asked, expectRun, rehearsed, withEntries } from '../support/rehearsal.ts'
import { story } from '../support/story.ts'

const config = withEntries(rehearsed('rollback-checkout'))

story(
  'an action for a private incident stays in its channel: others find no card, no news, no line, and cannot approve',
  async ({ slack, stage, settle }) => {
    const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
    await ana.type('#general', '/inc private a key was published')
    await ana.expectTold('INC-1 is declared')
    const room = slack.channel('#inc-1')
    await room.expectMessage('INC-1')
    await settle()
    await ana.type('#inc-1', '/inc invite @ben')
    await ana.expectTold('1 person is asked into')
    await settle()
    await ana.type('#inc-1', '/action rollback checkout production')
    await ana.expectTold('A-1 is being planned', 'in the channel of INC-1')
    const card = await room.expectMessage('Roll back checkout', 'Needs 1 person')
    await room.expectMessage('A-1 waits for approval')

    for (const line of ['/action status A-1', '/action approve A-1', '/action deny A-1 no', '/action log A-1'])
      await cleo.type('#general', line)
    for (let n = 0; n < 4; n += 1) await cleo.expectTold('There is no such action')
    await cleo.type('#general', '/action list')
    const list = await cleo.expectTold('No action is under way')
    expect(list.shows()).not.toContain('A-1')
    await cleo.type('#general', '/action log')
    await cleo.expectTold('The audit has no line about that')
    await cleo.type('#general', '/action rollback checkout production because I see errors too')
    await cleo.expectTold('Another action for checkout/production waits for approval already')
    await cleo.openHome('No incident is open')

    await ben.click(card, 'Approve')
    await room.expectMessage('A-1 began')
    await room.expectMessage('A-1 worked and is verified')
    await settle()
    const elsewhere = stage.simulator.slack
      .channels()
      .filter((channel) => channel.name !== 'inc-1' && channel.kind !== 'dm')
    const said = JSON.stringify(elsewhere.map((channel) => stage.simulator.slack.messages(channel.id)))
    expect(said).not.toContain('key was published')
    expect(said).not.toContain('A-1 began')
  },
  { config },
)

story(
  'whoever asks for very many actions is stopped, and told what would be accepted',
  async ({ slack, clock }) => {
    const ana = slack.person('ana')
    for (let number = 1; number <= 2; number += 1) {
      const card = await asked(slack, number)
      await slack.person('ben').click(card, 'Approve')
      await expectRun(slack, number)
    }
    await ana.type('#general', '/action rollback checkout production because clients see errors')
    await ana.expectTold('2 actions were asked for checkout/production within the last hour', '/action list')
    await clock.advance('61m')
    await asked(slack, 4)
  },
  { config: (example) => config(example).replace('perTarget: 10', 'perTarget: 2') },
)

story(
  'the output of an action stays for its time, and is gone from the disk after it; what runs is never touched',
  async ({ slack, stage, clock }) => {
    const runs = path.join(stage.dataFolder, 'runs')
    const card = await asked(slack, 1)
    await slack.person('ben').click(card, 'Approve')
    await expectRun(slack, 1)
    await clock.advance('6d')
    await asked(slack, 2)
    expect(readdirSync(runs)).toEqual(expect.arrayContaining(['A-1', 'A-2', 'rehearsal']))
    await clock.advance('2d')
    await slack.channel('#ops').expectMessage('A-2', 'expired before it began')
    await expect.poll(() => existsSync(path.join(runs, 'A-1'))).toBe(false)
    expect(readdirSync(runs)).toEqual(expect.arrayContaining(['A-2', 'rehearsal']))
  },
  { config: (example) => config(example).replace('keepRuns: 90d', 'keepRuns: 7d') },
)
