/** What clients are told: written by one, read by another, published everywhere, and never anything else. */
import { expect } from 'vitest'
import { payingIsSlow as first } from '../support/published.ts'
import { type ChannelEye, type Play, type SeenMessage, story } from '../support/story.ts'

const channel = '#inc-1-checkout-is-down'

async function declared(
  { slack }: Pick<Play, 'slack'>,
  severity = 'p2',
): Promise<{ room: ChannelEye; card: SeenMessage }> {
  const ana = slack.person('ana')
  await ana.type('#general', `/inc new ${severity} checkout is down`)
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel(channel)
  return { room, card: await room.expectMessage('INC-1') }
}

/** Ana writes the first message; it waits for somebody else. */
async function written(play: Pick<Play, 'slack'>, values: Record<string, string | readonly string[]> = first) {
  const seen = await declared(play)
  const ana = play.slack.person('ana')
  await ana.click(seen.card, 'Draft client update')
  await ana.expectModal('Message to clients')
  await ana.submit(values)
  return { ...seen, review: await seen.room.expectMessage('Message to clients 1.1', 'Waits for somebody') }
}

story(
  'a message is written by one, read as it goes out by another, and published to everybody who waits for it',
  async ({ slack, mail }) => {
    const { card, review } = await written({ slack })
    expect(review.shows()).toContain('Paying takes up to a minute.')
    expect(review.shows()).toContain('This concerns Checkout')
    expect(review.shows()).toContain('0 subscribers by e-mail')

    await slack.person('ben').click(review, 'Approve and publish')

    await review.expectEdit('Published', '@ben')
    const live = await slack.channel('#status-updates').expectMessage('Paying is slow', 'INC-1')
    expect(live.shows()).not.toContain('checkout is down')
    await mail.expectMail('leadership@example.com', 'Paying is slow', 'Concerned: Checkout', 'Next word by')
    await card.expectEdit('Clients', 'told investigating', 'next word by')
  },
)

story(
  'an edit voids the approval, and a click on what was read before it publishes nothing',
  async ({ slack, settle }) => {
    const { review } = await written({ slack })
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ben.type('#general', '/comms approve 1.1')
    await ben.expectTold('Approved: message 1.1')
    await review.expectEdit('Approved', '@ben')

    await ana.type(channel, '/comms draft')
    await ana.expectModal('Message to clients')
    await ana.submit({ 'What clients notice': 'Paying fails for some.' })
    await review.expectEdit('Paying fails for some', 'Waits for somebody')
    await ben.type('#general', '/comms publish 1.1')

    await ben.expectTold('not approved, or was changed since')
    await settle()
    expect(slack.channel('#status-updates').messages()).toEqual([])
  },
)

story('what would leak is named, and cannot be approved', async ({ slack }) => {
  const { review } = await written(
    { slack },
    { ...first, 'What clients notice': 'db-7.prod.internal at 10.0.3.7 is down, see SRE-4211 <!channel>' },
  )
  expect(review.shows()).toContain('an IP address')
  expect(review.shows()).toContain('the name of an internal host')
  expect(review.shows()).toContain('the key of a ticket')
  expect(JSON.stringify(review.now().blocks)).not.toContain('<!channel>')

  const ben = slack.person('ben')
  await ben.click(review, 'Approve and publish')

  await ben.expectTold('This cannot go out yet')
})

story(
  'its author does not approve a message; «Ask for changes» brings them a remark, and «Discard» ends it',
  async ({ slack }) => {
    const { review } = await written({ slack })
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.click(review, 'Approve and publish')
    await ana.expectTold('somebody else must read it first')
    expect(slack.channel('#status-updates').messages()).toEqual([])

    await ben.click(review, 'Ask for changes')
    await ben.expectModal('Ask for changes')
    await ben.submit({ 'What should be different?': 'Say who is concerned.' })
    await review.expectEdit('Changes asked for', 'Say who is concerned.')
    const remark = await ana.expectTold('@ben', 'asks for changes', 'Say who is concerned.')
    await ana.click(remark, 'Edit')
    await ana.expectModal('Message to clients')

    await ana.click(review, 'Discard')
    await review.expectEdit('Discarded')
  },
)

story('the timeline says what clients were told, and a preview how far it has come', async ({ slack }) => {
  const { room, review } = await written({ slack })
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  await ben.openHome('Messages to clients that wait to be read', 'Paying is slow')
  await ben.click(review, 'Approve and publish')
  await review.expectEdit('Published')
  await slack.channel('#status-updates').expectMessage('Paying is slow')

  await ana.type(channel, '/comms preview 1.1')
  await ana.expectTold('E-mail: 0 subscribers', 'stakeholders')
  await ana.type(channel, '/inc timeline')
  await ana.expectTold('Clients were told', 'Paying is slow')
  expect(room.messages().length).toBeGreaterThan(0)
})

story('words find their template, their incident and their message, or are told what would', async ({ slack }) => {
  await declared({ slack })
  const ana = slack.person('ana')
  await ana.type('#general', '/comms draft')
  await ana.expectTold('Say what it is about')
  await ana.type('#general', '/comms draft incident-resolvd #1')
  await ana.expectTold('There is no template', 'incident-resolved')
  await ana.type('#general', '/comms preview 9.1')
  await ana.expectTold('There is no message 9.1')
  await ana.type('#general', '/comms templates incident-resolved')
  await ana.expectTold('Paying is slow', 'message-templates/comms')
  await ana.type('#general', '/comms templates')
  await ana.expectTold('go-live-announce')
  await ana.type('#general', '/comms list')
  await ana.expectTold('INC-1', 'nothing published')
  await ana.type('#general', '/comms approve 1.1')
  await ana.expectTold('Nothing is written in 1.1 yet')
  await ana.type('#general', '/inc comms #1 incident-workaround')
  await ana.expectModal('Message to clients')
})
