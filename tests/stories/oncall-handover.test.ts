/** A shift changes hands: what whoever takes over reads, and the user group that follows. */
import { expect } from 'vitest'
import { story } from '../support/story.ts'

const anaAlways = (example: string) =>
  example
    .replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]')
    .replace('handOverIn: null', 'handOverIn: "#ops"')

story(
  'whoever takes over reads what is open, what is silenced, who was paged and what was promised; nothing private',
  async ({ slack, pagerduty, settle }) => {
    const [ana, cleo] = [slack.person('ana'), slack.person('cleo')]
    await ana.type('#general', '/inc new p1 checkout returns 500s')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await slack.channel('inc-1-checkout-returns-500s').expectMessage('INC-1')
    await pagerduty.expectPage('P1 INC-1')
    await cleo.type('#general', '/inc private a key was published')
    await cleo.expectTold('INC-2')
    await slack.channel('#inc-2').expectMessage('INC-2')
    await ana.type('#general', '/alert silence alertname="DiskFull" 2h the disk is being replaced')
    await ana.expectTold('DiskFull')
    await slack.channel('#alerts').expectMessage('DiskFull', 'the disk is being replaced')
    await settle()

    await cleo.type('#general', '/oncall override platform @ben now tomorrow 23:59')

    await cleo.expectTold('@ben is on call for platform')
    const post = await slack
      .channel('#ops')
      .expectMessage(
        '@ben is on call now, after @ana',
        'Open incidents',
        'INC-1 checkout returns 500s',
        'Silenced alerts',
        'DiskFull',
        'Promised updates',
        '1 page in the shift that ended',
        'platform: not acknowledged',
      )
    expect(post.shows()).not.toContain('INC-2')
    await slack.person('ben').click(post, 'I have it')
    await slack.person('ben').expectTold('You have platform')
    await post.expectEdit('@ben has it', 'INC-1 checkout returns 500s')
  },
  { config: anaAlways },
)

story(
  'two schedules share a user group: it holds both who are on call, and follows an override',
  async ({ slack, stage, settle }) => {
    const groupNow = () =>
      stage.simulator.slack.calls.findLast(({ method }) => method === 'usergroups.users.update')?.args
    const cleo = slack.person('cleo')
    for (const name of ['platform', 'nights']) {
      await cleo.type('#general', `/oncall handoff ${name}`)
      await cleo.expectTold(`You have ${name}`)
    }
    await settle()
    expect(groupNow()).toMatchObject({ users: 'U0ANA00001,U0EVA00005' })

    await cleo.type('#general', '/oncall override nights @ben now tomorrow 23:59')
    await cleo.expectTold('@ben is on call for nights')
    await settle()
    expect(groupNow()).toMatchObject({ users: 'U0ANA00001,U0BEN00002' })
  },
  {
    config: (example) =>
      anaAlways(example)
        .replace('handOverIn: "#ops"', 'handOverIn: null')
        .replace(
          '  teams: # Whom a page calls',
          '    nights: { timeZone: Europe/Lisbon, userGroup: "@oncall-platform", layers: [{ people: [U0EVA00005], starts: 2026-01-05 }] }\n  teams: # Whom a page calls',
        ),
  },
)
