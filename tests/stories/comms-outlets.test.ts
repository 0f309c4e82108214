/** Where a message to clients goes once it is published, and what is promised with it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { signatureOf } from '../../src/adapters/webhook/index.ts'
import { subscribers } from '../../src/features/comms/subscribers.ts'
import { payingIsSlow as first } from '../support/published.ts'
import { type ChannelEye, type Play, type SeenMessage, story } from '../support/story.ts'

const channel = '#inc-1-checkout-is-down'
type Told = { room: ChannelEye; card: SeenMessage; live: SeenMessage }

/** Ana writes the first message about INC-1, ben approves it, and it is out. */
async function told({ slack, mail }: Pick<Play, 'slack' | 'mail'>, severity = 'p2'): Promise<Told> {
  const ana = slack.person('ana')
  await ana.type('#general', `/inc new ${severity} checkout is down`)
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel(channel)
  const card = await room.expectMessage('INC-1')
  await ana.click(card, 'Take lead')
  await room.expectMessage('@ana leads')
  await publish({ slack }, room, '1.1', first)
  await mail.expectMail('leadership@example.com', 'Paying is slow')
  return { room, card, live: await slack.channel('#status-updates').expectMessage('Paying is slow') }
}

async function publish(
  { slack }: Pick<Play, 'slack'>,
  room: ChannelEye,
  post: string,
  values: Record<string, string | readonly string[]>,
) {
  const ana = slack.person('ana')
  await ana.type(channel, '/comms draft')
  await ana.expectModal('Message to clients')
  await ana.submit(values)
  const review = await room.expectMessage(`Message to clients ${post}`)
  await slack.person('ben').click(review, 'Approve and publish')
  await review.expectEdit('Published')
  return review
}

story(
  'one message is edited while the phase stays, a new one says that it changed, and resolving asks about it',
  async (play) => {
    const { room, card, live } = await told(play)
    const dmitri = play.slack.person('dmitri')
    await dmitri.click(live, 'Subscribe')
    await dmitri.expectModal('What clients are told')
    await dmitri.submit({ About: ['Search'] })
    await dmitri.expectTold('You are told what clients are told')

    await publish(play, room, '1.2', {
      'What is this message?': 'Still working on it',
      'What clients call it': 'Paying fails',
    })
    await live.expectEdit('Paying fails')

    await publish(play, room, '1.3', { 'What is this message?': 'The cause is found' })
    const next = await play.slack.channel('#status-updates').expectMessage('Paying fails')
    expect(next.now().ts).not.toBe(live.now().ts)

    await play.slack.person('ben').click(card, 'Resolve')
    const form = await play.slack.person('ben').expectModal('Resolve')
    expect(JSON.stringify(form), 'nobody resolves in silence').toContain('Clients still read that this goes on')

    await play.clock.advance('12m')
    await publish(play, room, '1.4', { 'What is this message?': 'It is over', 'Was data lost?': 'No data was lost' })
    await play.slack
      .channel('#status-updates')
      .expectMessage('It began at', 'and lasted 1', ' minutes. No data was lost.')
  },
)

story(
  'every client who confirmed is written to once, in their language, and may end it with one click',
  async (play) => {
    const { stage, mail, settle } = play
    const at = stage.clock.now()
    const client = (id: string, more: object = {}) => ({
      id,
      address: `${id}@client.example`,
      locale: 'en',
      components: [],
      askedAt: at,
      confirmedAt: at,
      ...more,
    })
    await stage.app.database.db
      .insert(subscribers)
      .values([
        client('dora', { locale: 'de' }),
        client('emil', { components: ['checkout'] }),
        client('fred', { components: ['search'] }),
        client('gina', { confirmedAt: null }),
        client('hans', { leftAt: at }),
      ])

    await told(play)
    await settle()

    await mail.expectMail(
      'dora@client.example',
      'Paying is slow',
      'steht hier auf Englisch',
      'Sie erhalten dies',
      '/status/unsubscribe/dora.',
    )
    await mail.expectMail('emil@client.example', 'Paying is slow', 'You get this because')
    const mails = stage.simulator.mailbox.mails().filter(({ to }) => to.some((one) => one.endsWith('client.example')))
    expect(mails.flatMap(({ to }) => to).toSorted()).toEqual(['dora@client.example', 'emil@client.example'])
  },
  { config: (example) => example.replace('  locales: [en]', '  locales: [en, de]') },
)

story(
  'machines of others are told by a signed POST',
  async (play) => {
    const { room } = await told(play)
    expect(room).toBeDefined()
    await expect.poll(() => posts.taken.length).toBe(1)
    const { headers, body } = posts.taken[0] ?? { headers: {}, body: '' }
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      kind: 'incident',
      phase: 'investigating',
      title: 'Paying is slow',
    })
    expect(body).not.toContain('checkout is down')
    expect(headers['webhook-signature']).toBe(
      signatureOf('a secret of the story', {
        id: String(headers['webhook-id']),
        timestamp: String(headers['webhook-timestamp']),
        body,
      }),
    )
  },
  {
    config: (example) =>
      example.replace(
        '  webhooks: {}',
        `  webhooks: { gateway: { url: "${posts.url()}", secretVariable: GATEWAY_SECRET } }`,
      ),
  },
)

story('what was wrong is corrected below it: the first message stays, and says so', async (play) => {
  const { slack, mail } = play
  const { room, live } = await told(play)
  const ana = slack.person('ana')

  await ana.type('#general', '/comms withdraw 1.1')
  await ana.expectModal('Message to clients')
  await ana.submit({ 'What is correct': 'Only paying by card is slow' })
  const review = await room.expectMessage('Message to clients 1.2', 'Correction')
  await ana.click(review, 'Edit')
  expect(JSON.stringify(await ana.expectModal('Message to clients'))).toContain('Only paying by card is slow')
  await ana.submit({ 'What is correct': 'Only paying by credit card is slow' })
  await review.expectEdit('Correct is: Only paying by credit card is slow.')
  await slack.person('ben').click(review, 'Approve and publish')

  await review.expectEdit('Published', 'corrects message 1')
  await slack.channel('#status-updates').expectMessage('Correction', 'Only paying by credit card is slow.')
  await live.expectEdit('Paying takes up to a minute.', 'The correction stands below')
  await mail.expectMail('leadership@example.com', 'Correction: Paying is slow', 'Only paying by credit card is slow.')

  // The conversation goes on where it was.
  await publish(play, room, '1.3', { 'What is this message?': 'Still working on it' })
  await live.expectEdit('Still working')
})

story('a promised message that does not come is asked for, and stands on the card', async (play) => {
  const { clock } = play
  const { room, card } = await told(play, 'p3')

  await clock.advance('31m')

  await room.expectMessage('Clients were promised the next word about INC-1', 'Draft client update')
  await card.expectEdit('was due')
  await clock.advance('5m')
  await room.expectMessage('Clients were promised the next word')
  await clock.advance('5m')
  await room.expectMessage('Nobody is asked again')
})

story(
  'a first word that does not come is asked of the lead, then of everybody, and then the lead is called until it is out',
  async ({ slack, clock, mail }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new p3 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel(channel)
    const card = await room.expectMessage('INC-1')
    await ana.click(card, 'Take lead')
    await room.expectMessage('leads this incident')

    await clock.advance('6m')
    await ana.expectTold('Clients have heard nothing about INC-1 yet', 'Draft client update')
    await clock.advance('5m')
    await room.expectMessage('@ana: Clients have heard nothing about INC-1 yet')
    await clock.advance('5m')
    await room.expectMessage('@ana is being called. Nobody is asked again.')
    const call = await ana.expectTold('INC-1: clients wait for a word that was due', 'Acknowledge')

    await publish({ slack }, room, '1.1', first)
    await slack.channel('#status-updates').expectMessage('Paying is slow')
    await mail.expectMail('leadership@example.com', 'Paying is slow')
    await mail.expectMail('ana@example.com', 'clients wait for a word')
    await call.expectEdit('over')
    expect(call.shows()).not.toContain('Acknowledge')
  },
  {
    config: (example) =>
      example
        .replace('firstDue: { P1: 5m, P2: 10m }', 'firstDue: { P3: 5m }')
        .replace('callWhenOverdue: [P1]', 'callWhenOverdue: [P3]'),
  },
)

story('whoever subscribes hears it by direct message, and not in their quiet hours', async (play) => {
  const { slack, clock, stage } = play
  const cleo = slack.person('cleo')
  await cleo.type('#general', '/comms subscribe')
  await cleo.expectModal('What clients are told')
  const hour = (more: number) => {
    const moment = new Date(stage.clock.now().getTime() + more * 3_600_000)
    return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: timeZone(play) }).format(
      moment,
    )
  }
  await cleo.submit({ 'Incidents of': ['P1', 'P3'], 'Quiet hours': `${hour(-1)}-${hour(1)}` })
  await cleo.expectTold('You are told what clients are told', 'Not from')
  const { room } = await told(play, 'p3')

  await clock.advance('61m')

  await cleo.expectTold('Paying is slow', 'INC-1')
  await room.expectMessage('Clients were promised')
})

function timeZone({ stage, slack }: Pick<Play, 'stage' | 'slack'>): string {
  const id = slack.person('cleo').id
  return stage.simulator.slack.people().find((person) => person.id === id)?.timeZone ?? 'UTC'
}

story('a security notice goes out only by those who may speak of such things', async ({ slack }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  await ana.type('#general', '/inc new p2 keys were stolen')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-keys-were-stolen')
  await room.expectMessage('INC-1')
  await ana.type('#inc-1-keys-were-stolen', '/comms draft')
  await ana.expectModal('Message to clients')
  await ana.submit({
    ...first,
    'What is this message?': 'Security notice',
    'What clients can do': 'Change your password.',
  })
  const review = await room.expectMessage('Message to clients 1.1', 'Security notice')

  await ben.click(review, 'Approve and publish')

  await ben.expectTold('only those in groups.disclosers of tocsin.yml', 'Slack ids', 'while it is empty, nobody may')
  expect(slack.channel('#status-updates').messages()).toEqual([])
})

story(
  'what could not be delivered is counted where the message was read',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new p3 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel(channel)
    await room.expectMessage('INC-1')

    const review = await publish({ slack }, room, '1.1', first)

    await review.expectEdit('1 delivery was given up')
    await slack.channel('#status-updates').expectMessage('Paying is slow')
    await slack.channel('#ops').expectMessage('webhook_http_410')
  },
  {
    config: (example) =>
      example.replace(
        '  webhooks: {}',
        `  webhooks: { gone: { url: "${gone.url()}", secretVariable: GATEWAY_SECRET } }`,
      ),
  },
)

/** Machines of others: one that takes what it is sent, and one that wants no more. */
const posts = startMachine(200)
const gone = startMachine(410)

function startMachine(status: number) {
  const taken: { headers: NodeJS.Dict<string | string[]>; body: string }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      taken.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1').unref()
  return {
    taken,
    url() {
      onTestFinished(() => void server.close())
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    },
  }
}
