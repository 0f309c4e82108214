/** E-mails of which nobody can know whether they arrived: a person decides, and mail programs show one of two. */
import { expect } from 'vitest'
import { subscribers } from '../../src/features/comms/subscribers.ts'
import { payingIsSlow as first } from '../support/published.ts'
import { story } from '../support/story.ts'

story(
  'mails in doubt are not sent twice by themselves: their number stands at the review, and a click sends those again',
  async ({ slack, mail, clock, stage, settle }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const { mailbox } = stage.simulator
    const at = stage.clock.now()
    await stage.app.database.db
      .insert(subscribers)
      .values([
        { id: 'dora', address: 'dora@client.example', locale: 'en', components: [], askedAt: at, confirmedAt: at },
      ])
    await ana.type('#general', '/inc new p3 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    await room.expectMessage('INC-1')
    await ana.type('#inc-1-checkout-is-down', '/comms draft')
    await ana.expectModal('Message to clients')
    await ana.submit(first)
    const review = await room.expectMessage('Message to clients 1.1')

    mailbox.mode = 'mute'
    await ben.click(review, 'Approve and publish')
    await slack.channel('#status-updates').expectMessage('Paying is slow')
    await expect.poll(() => mailbox.mails().length).toBe(2)
    mailbox.mode = 'up'
    await clock.advance('1m')
    await review.expectEdit('2 e-mails may or may not have arrived')
    expect(mailbox.mails()).toHaveLength(2)

    await ben.type('#general', '/comms list')
    await ben.expectTold('2 e-mails in doubt')

    await ben.click(review, 'Send those again')
    await expect.poll(() => mailbox.mails().length).toBe(4)
    await settle()
    expect(review.shows()).not.toContain('may or may not')
    expect(new Set(mailbox.mails().map(({ messageId }) => messageId)).size).toBe(2)
    for (const one of ['dora@client.example', 'leadership@example.com']) {
      await mail.expectMail(one, 'Paying is slow')
      await mail.expectMail(one, 'Paying is slow')
    }
    await ben.type('#general', '/comms resend 1.1')
    await ben.expectTold('Nobody’s e-mail of message 1.1 is in doubt now')
  },
  { config: (example) => example.replace('mailInDoubt: send-again', 'mailInDoubt: ask') },
)
