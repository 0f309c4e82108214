/** How everybody hears how it stands, and what happens when nobody says it. */
import { expect } from 'vitest'
import { type ChannelEye, type Play, type SeenMessage, story } from '../support/story.ts'

const channel = '#inc-1-checkout-is-down'

/** A P2, which is to be updated every hour, led by ana. */
async function declared({
  slack,
}: Pick<Play, 'slack'>): Promise<{ room: ChannelEye; card: SeenMessage; announcement: SeenMessage }> {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc new p2 checkout is down')
  await ana.expectTold('INC-1')
  const announcement = await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel(channel)
  const card = await room.expectMessage('INC-1')
  await ana.click(card, 'Take lead')
  await room.expectMessage('@ana leads')
  return { room, card, announcement }
}

/** These are about what we tell each other: nobody is asked for a word to clients meanwhile. */
const amongUs = { config: (example: string) => example.replace('firstDue: { P1: 5m, P2: 10m }', 'firstDue: {}') }

story(
  'an update is said in the channel and to those who only want to know, and stands on the card with the next promise',
  async ({ slack }) => {
    const ana = slack.person('ana')
    const { room, card, announcement } = await declared({ slack })

    await ana.type(channel, '/inc update the last release is the cause <!here>')

    const said = await room.expectMessage('Update 1', 'the last release is the cause', 'Next update')
    expect(JSON.stringify(said.now().blocks)).toContain('&lt;!here&gt;')
    await slack.channel('#status-updates').expectMessage('P2', 'INC-1', 'the last release is the cause', 'Next update')
    await card.expectEdit('Latest update', 'the last release is the cause', 'Next update')
    await announcement.expectEdit('Next update')

    await ana.type('#general', '/inc update #1 rolled back')
    await room.expectMessage('Update 2', 'rolled back')
    await slack.channel('#status-updates').expectMessage('INC-1', 'rolled back')
    await ana.expectTold('Posted as an update of INC-1')
  },
)

story(
  '«Post update» asks the three questions, pre-filled with the last answers and the open tasks',
  async ({ slack, settle }) => {
    const ana = slack.person('ana')
    const { room, card } = await declared({ slack })
    await ana.type(channel, '/inc task check the replica')
    await room.expectMessage('Task 1')

    await ana.click(card, 'Post update')
    const first = await ana.expectModal('Post an update')
    expect(JSON.stringify(first)).toContain('check the replica (task 1)')
    await ana.submit({
      'What do we know?': 'payments fail',
      'What do we need?': 'somebody from the provider',
      'When do we say more?': '15',
    })
    await room.expectMessage('Update 1', 'payments fail', 'check the replica', 'somebody from the provider')
    await slack.channel('#status-updates').expectMessage('payments fail')

    await ana.type(channel, '/inc done 1')
    await settle()
    await ana.type(channel, '/inc update')
    const second = await ana.expectModal('Post an update')
    expect(JSON.stringify(second)).toContain('payments fail')
    expect(JSON.stringify(second)).toContain('somebody from the provider')
    expect(JSON.stringify(second)).not.toContain('(task 1)')
    await ana.submit({ 'What do we know?': 'payments work again', 'When do we say more?': 'none' })
    await room.expectMessage('Update 2', 'payments work again', 'No time is set')
    await slack.channel('#status-updates').expectMessage('payments work again')
  },
)

story(
  'a late update shows on the announcement; communications is asked, the lead, then somebody above is told, and then no more',
  async ({ slack, clock, settle }) => {
    const [ana, cleo, eva] = [slack.person('ana'), slack.person('cleo'), slack.person('eva')]
    const { room, card, announcement } = await declared({ slack })
    await ana.type(channel, '/inc role communications @cleo')
    await room.expectMessage('@cleo is communications now')
    await cleo.expectTold('You tell the others')
    await announcement.expectEdit('Next update')

    await clock.advance('1h')
    const asked = await room.expectMessage('@cleo, the update on INC-1 was promised for')
    await announcement.expectEdit('The next update is late')
    await card.expectEdit('The next update is late')
    await clock.advance('5m')
    await room.expectMessage('@ana, the update on INC-1 was promised', 'Two sentences are enough')
    await clock.advance('10m')
    await room.expectMessage('the update on INC-1 was promised', 'It is still missing', 'I will not ask again')
    await eva.expectTold('The update on INC-1 (P2: checkout is down) was promised', 'still missing')
    await room.expectMessage('manager: told that the update', 'is missing')
    await ana.type(channel, '/inc why')
    await ana.expectTold('told manager: the update promised for')
    await clock.advance('3h')
    await settle()

    await ana.click(asked, 'Post update')
    await ana.expectModal('Post an update')
    await ana.submit({ 'What do we know?': 'still looking' })
    await room.expectMessage('Update 1', 'still looking')
    await slack.channel('#status-updates').expectMessage('still looking')
    await settle()
    expect(announcement.shows()).not.toContain('late')
  },
  amongUs,
)

story(
  'when it is over nothing is due any more, and whoever was told that it is bad is told that it is over',
  async ({ slack, clock, settle }) => {
    const ana = slack.person('ana')
    const { room, announcement } = await declared({ slack })
    await ana.type(channel, '/inc update rolling back')
    await room.expectMessage('Update 1')
    await slack.channel('#status-updates').expectMessage('rolling back')

    await ana.type(channel, '/inc resolve rolled back')
    await room.expectMessage('Resolved by @ana')
    await slack.channel('#status-updates').expectMessage('P2 INC-1', 'is resolved', 'No further update')
    await clock.advance('4h')
    await settle()
    expect(announcement.shows()).not.toContain('Next update')
  },
)

story(
  'a graver severity brings the next update nearer',
  async ({ slack, clock, pagerduty }) => {
    const ana = slack.person('ana')
    const { room } = await declared({ slack })
    await ana.type(channel, '/inc sev p1')
    await room.expectMessage('Severity P2 → P1')
    await pagerduty.expectPage('INC-1')

    await clock.advance('30m')
    await room.expectMessage('@ana, the update on INC-1 was promised for')
    // At half an hour the ladder of a P1 has its last rung.
    await room.expectMessage('30 min since the declaration')
    for (const name of ['eva', 'cleo']) await slack.person(name).expectTold('P1 INC-1 checkout is down')
  },
  amongUs,
)

story('catching up tells one person where it stands', async ({ slack }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  const { room } = await declared({ slack })
  await ana.type(channel, '/inc update the last release is the cause')
  await room.expectMessage('Update 1')
  await slack.channel('#status-updates').expectMessage('the last release is the cause')
  await ana.type(channel, '/inc task check the replica @ana')
  await room.expectMessage('Task 1')
  await ana.type(channel, '/inc note restarted db-3')
  await room.expectMessage('restarted db-3')

  await ben.type('#general', '/inc catchup #1')
  await ben.expectTold(
    'INC-1 P2',
    'checkout is down',
    'lead: @ana',
    'the last release is the cause',
    '1 task open',
    'check the replica',
    'restarted db-3',
  )
  await ben.type('#general', '/inc catchup #7')
  await ben.expectTold('There is no incident of that number')
})

story(
  'whoever comes in late is told where it stands, once',
  async ({ slack, clock, settle }) => {
    const [ben, cleo] = [slack.person('ben'), slack.person('cleo')]
    const { room } = await declared({ slack })
    await cleo.hands.join(room.id())
    await settle()

    await clock.advance('10m')
    await ben.hands.join(room.id())
    await room.expectOnlyFor(ben, 'INC-1 P2', 'checkout is down', 'lead: @ana')
    await ben.hands.leave(room.id())
    await ben.hands.join(room.id())
    await settle()
  },
  amongUs,
)

story('App Home shows whoever leads which updates wait for them', async ({ slack, settle }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await settle()
  await ana.hands.openHome()
  await settle()
  expect(JSON.stringify(ana.hands.home()?.blocks)).toContain('Updates that wait for you')

  await ana.hands.clickInHome('Post update')
  await ana.expectModal('Post an update')
  await ana.submit({ 'What do we know?': 'still looking' })
  await room.expectMessage('Update 1', 'still looking')
  await slack.channel('#status-updates').expectMessage('still looking')
})
