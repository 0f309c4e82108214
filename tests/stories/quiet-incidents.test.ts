/** What is nobody else's business: of private incidents, drills and tests not one word is read outside, nor counted. */
import { expect } from 'vitest'
import type { Stage } from '../support/stage.ts'
import { story } from '../support/story.ts'

/** All that the bot has said anywhere but in this channel and to these people, as one text. */
function saidElsewhere({ simulator }: Stage, channel: string, people: readonly string[] = []): string {
  const elsewhere = simulator.slack
    .channels()
    .filter((one) => one.name !== channel && !(one.kind === 'dm' && one.members.some((id) => people.includes(id))))
    .map(({ id, topic }) => [
      topic,
      simulator.slack.messages(id).filter(({ onlyFor }) => onlyFor === null || !people.includes(onlyFor)),
    ])
  return JSON.stringify([elsewhere, simulator.mailbox.mails(), simulator.pagerduty.pages()])
}

story(
  'what is noted, done, promised and asked for in a private incident stays among those who are in it',
  async ({ slack, clock, stage, settle }) => {
    const [ana, ben, cleo] = [slack.person('ana'), slack.person('ben'), slack.person('cleo')]
    await ana.type('#general', '/inc new p2 private a key was published')
    await ana.expectTold('INC-1 is declared as P2')
    const room = slack.channel('#inc-1')
    const card = await room.expectMessage('INC-1', 'a key was published')

    await ana.type('#inc-1', '/inc note the key opened the vault')
    await room.expectMessage('the key opened the vault')
    await ana.type('#inc-1', '/inc task revoke the vault key @ben in 30m')
    await ana.expectTold('@ben is not in this private incident', '/inc invite')
    await ana.type('#inc-1', '/inc invite @cleo')
    await ana.expectTold('1 person is asked into')
    await ana.type('#inc-1', '/inc task revoke the vault key @cleo in 30m')
    await room.expectMessage('Task 1', '@cleo')
    await room.expectMessage('@cleo', '@ana gave you Task 1')
    await ana.type('#inc-1', '/inc update the vault is locked')
    await room.expectMessage('Update 1', 'the vault is locked')
    await card.expectEdit('Latest update', '1 task open')

    for (const line of ['timeline', 'tasks', 'catchup', 'why', 'note #1 x', 'update #1 x', 'task #1 x', 'done #1 1'])
      await ben.type('#general', line.includes('#') ? `/inc ${line}` : `/inc ${line} #1`)
    for (let n = 0; n < 8; n += 1) await ben.expectTold('There is no incident of that number')
    await ben.openHome('No incident is open')
    await cleo.openHome('Your tasks', 'revoke the vault key')

    await clock.advance('30m')
    await room.expectMessage('@cleo', 'Task 1 was due')
    await room.expectMessage('Nobody leads INC-1 yet')
    await clock.advance('1h')
    await room.expectMessage('@cleo', 'Task 1 was due', 'I will not ask again')
    await room.expectMessage('The update on INC-1 was promised', 'I will not ask again')
    await ana.type('#inc-1', '/inc resolve the key was revoked')
    await ana.expectModal('Resolve')
    await ana.submit({})
    await room.expectMessage('Resolved by @ana')
    await room.expectMessage('1 task was not done, and left for later')
    await settle()

    const outside = saidElsewhere(stage, 'inc-1', [ana.id, cleo.id])
    for (const word of ['vault', 'key was published', 'revoke']) expect(outside).not.toContain(word)
    expect(await (await fetch(`${stage.app.url}/metrics`)).text()).not.toMatch(/incidents_total\{/)
  },
  // Who is on call hears of it too, without a word of what it is; that is told elsewhere.
  { config: (example) => example.replace('page: platform\n    updateEvery: 1h', 'page: null\n    updateEvery: 1h') },
)

story(
  'a drill and a test are worked on as incidents, and nobody outside is told, paged or asked, and nothing is counted',
  async ({ slack, clock, stage, settle }) => {
    const ana = slack.person('ana')
    for (const [kind, name] of [
      ['drill', 'drill-inc-1-the-vault-is-gone'],
      ['test', 'test-inc-2-the-vault-is-gone'],
    ] as const) {
      await ana.type('#general', `/inc ${kind} the vault is gone`)
      await ana.expectTold('is declared', `It is a ${kind}`)
      const room = slack.channel(`#${name}`)
      const card = await room.expectMessage(kind.toUpperCase(), 'the vault is gone')
      await ana.type(`#${name}`, '/inc lead')
      await ana.expectTold('You lead')
      await room.expectMessage('@ana leads')
      await ana.type(`#${name}`, '/inc p1')
      await room.expectMessage('Severity P3 → P1')
      await ana.type(`#${name}`, '/inc note the vault opens again')
      await room.expectMessage('the vault opens again')
      await ana.type(`#${name}`, '/inc task look into the vault')
      await room.expectMessage('Task 1')
      await ana.type(`#${name}`, '/inc update the vault is looked for')
      await room.expectMessage('Update 1', 'the vault is looked for')
      await ana.type(`#${name}`, '/inc why')
      await ana.expectTold('It is no real incident: nobody is woken for it')
      await card.expectEdit('Latest update')
    }
    await clock.advance('1h')
    for (const name of ['drill-inc-1-the-vault-is-gone', 'test-inc-2-the-vault-is-gone'])
      await slack.channel(`#${name}`).expectMessage('the update on', 'I will not ask again')
    await settle()

    expect(stage.simulator.pagerduty.pages()).toEqual([])
    expect(stage.simulator.mailbox.mails()).toEqual([])
    for (const where of ['#incidents', '#status-updates', '#ops', '#general'])
      expect(
        JSON.stringify(
          slack
            .channel(where)
            .messages()
            .filter(({ onlyFor }) => onlyFor === null),
        ),
      ).not.toContain('vault')
    expect(await (await fetch(`${stage.app.url}/metrics`)).text()).not.toMatch(/incidents_total\{/)
  },
)
