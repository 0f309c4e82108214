/** What goes by the calendar: planned work, which is announced, begun by its own time and ended by a person; and the digest. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { readPublished } from '../../src/features/comms/published.ts'
import { type Play, type SeenMessage, story } from '../support/story.ts'

/** Ana announces work on search for an hour, in an hour or later; ben approves it. */
async function announced(
  { slack, mail, stage }: Play,
  beginsIn = 60,
): Promise<{ review: SeenMessage; live: SeenMessage }> {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  const inMinutes = (minutes: number) => String(Math.floor(stage.clock.now().getTime() / 1_000) + minutes * 60)
  await ana.type('#general', '/comms maintenance')
  await ana.expectModal('Message to clients')
  await ana.submit({
    'What clients call it': 'Faster search',
    'What clients notice': 'Results may be missing.',
    'What of ours is concerned?': ['Search'],
    From: inMinutes(beginsIn),
    Until: inMinutes(beginsIn + 60),
  })
  await ana.expectTold('Message c1.1 waits for approval')
  const review = await slack.channel('#incidents').expectMessage('Message to clients c1.1', 'Planned work')
  await ben.click(review, 'Approve and publish')
  await review.expectEdit('Published')
  await mail.expectMail('leadership@example.com', 'Faster search')
  return { review, live: await slack.channel('#status-updates').expectMessage('Planned work', 'Faster search') }
}

const stateOf = async ({ stage }: Play) => {
  const [only] = await readPublished(stage.app.database.db, { since: new Date(0) })
  return only?.components[0]?.state
}

story('work begins by its own time, and only then concerns its components; alerts of it wake nobody', async (play) => {
  const { slack, clock, alerts, settle } = play
  await announced(play)
  expect(await stateOf(play)).toBe('operational')

  await clock.advance('60m')
  await slack.channel('#status-updates').expectMessage('Work has begun', 'Faster search')
  await slack.channel('#incidents').expectMessage('Message to clients c1.2', 'Published', 'by itself, as planned')
  await slack.channel('#alerts').expectMessage('Planned work c1: Faster search')
  expect(await stateOf(play)).toBe('maintenance')

  await alerts.post({ title: 'search is slow', labels: { service: 'search', severity: 'info' } })
  await settle()
  expect(
    slack
      .channel('#incidents')
      .messages()
      .some(({ text }) => text.includes('INC-')),
  ).toBe(false)

  await slack.person('ana').type('#general', '/comms maintenance c1 done')
  await slack.channel('#status-updates').expectMessage('Work is done')
  await slack.channel('#incidents').expectMessage('Message to clients c1.3', 'Published')
  expect(await stateOf(play)).toBe('operational')
  await slack.channel('#alerts').expectMessage('search is slow')
})

story('before its end somebody is asked whether it holds, and moves it with one click', async (play) => {
  const { slack, clock } = play
  await announced(play)
  await clock.advance('60m')
  const begun = await slack.channel('#status-updates').expectMessage('Work has begun')
  await slack.channel('#incidents').expectMessage('Message to clients c1.2')
  const silence = await slack.channel('#alerts').expectMessage('Planned work c1')

  await clock.advance('55m')
  const question = await slack.channel('#incidents').expectMessage('@ana: The work', 'Faster search', 'Does that hold')
  await slack.person('dmitri').click(question, '30 minutes more')

  await begun.expectEdit('Takes longer')
  await slack.channel('#incidents').expectMessage('Message to clients c1.3', 'Published')
  await silence.expectEdit('is over')
  await slack.channel('#alerts').expectMessage('Planned work c1')
})

story('clients are reminded by a message of its own; work that is called off never begins', async (play) => {
  const { slack, clock, settle } = play
  const { live } = await announced(play, 90)
  await clock.advance('31m')
  await slack.channel('#status-updates').expectMessage('Soon: planned work', 'Faster search')
  await slack.channel('#incidents').expectMessage('Message to clients c1.2', 'Published')
  expect(live.shows()).not.toContain('Soon')

  await slack.person('ana').type('#general', '/comms maintenance c1 cancel')
  await slack.channel('#status-updates').expectMessage('Called off')
  await slack.channel('#incidents').expectMessage('Message to clients c1.3', 'Published')

  await clock.advance('61m')
  await settle()
})

story(
  'executives read once a day what clients were told, also when nobody ran at that hour',
  async ({ slack, mail, stage, settle }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const seconds = (minutes: number) => String(Math.floor(stage.clock.now().getTime() / 1_000) + minutes * 60)
    await ana.type('#general', '/comms draft go-live-announce')
    await ana.expectModal('Message to clients')
    await ana.submit({
      'What clients call it': 'Paying in instalments',
      'What clients notice': 'At the checkout you may pay in three parts.',
      From: seconds(60),
      Until: seconds(120),
    })
    await ana.expectTold('Message c1.1 waits for approval')
    const review = await slack.channel('#incidents').expectMessage('Message to clients c1.1', 'Something new')
    await ben.click(review, 'Approve and publish')
    await slack.channel('#status-updates').expectMessage('Paying in instalments')
    await mail.expectMail('leadership@example.com', 'Paying in instalments')

    // The calendar's hour came while nobody ran.
    const wakeLate = async () => {
      await stage.app.database.db.execute(sql`update schedules set last_slot = last_slot - interval '2 days'
        where name = 'comms/digest'`)
      await stage.stopBot()
      await stage.startBot()
    }
    await wakeLate()
    await mail.expectMail('leadership@example.com', 'What clients were told: 1 matter', 'Paying in instalments')
    await wakeLate()
    await settle()
    expect(stage.simulator.mailbox.mails()).toHaveLength(2)
  },
  { config: (example) => example.replace('  digest: null', '  digest: "0 8 * * *"') },
)
