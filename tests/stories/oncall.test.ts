import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, expect } from 'vitest'
import { signatureOf } from '../../src/adapters/webhook/index.ts'
import { story } from '../support/story.ts'

/** Ana is on call, at any time; nobody's turn depends on the day on which the story is told. */
const anaAlways = (example: string) =>
  example.replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]')

story(
  'nobody answers PagerDuty: who is on call is called by message and mail, and «Acknowledge» ends the climb',
  async ({ slack, pagerduty, mail, clock, settle }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page checkout clients cannot pay')
    await cleo.expectTold('platform is paged')
    const page = await pagerduty.expectPage('clients cannot pay')
    await clock.advance('5m')
    const ana = slack.person('ana')
    const call = await ana.expectTold('clients cannot pay', '@cleo', 'Nobody has acknowledged it yet')
    await mail.expectMail('ana@example.com', 'clients cannot pay', '/oncall/answer/')

    await ana.click(call, 'Acknowledge')

    await call.expectEdit('Acknowledged', '@ana')
    await pagerduty.expectStatus(page.key, 'acknowledged')
    await clock.advance('2h')
    await settle()
  },
  { config: anaAlways },
)

story(
  'a second page to the same team within minutes wakes nobody, and says how it stands',
  async ({ slack, pagerduty, clock, stage }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page platform search is gone')
    await cleo.expectTold('platform is paged')
    const page = await pagerduty.expectPage('search is gone')
    await clock.advance('3m')
    await cleo.type('#general', '/oncall page search search is still gone')
    await cleo.expectTold('paged 3 minutes ago and have not acknowledged it yet')
    await slack.person('ben').type('#general', '/oncall page nowhere help')
    await slack.person('ben').expectTold('nowhere is no team, no service and no role here')
    expect(stage.simulator.pagerduty.pages().filter(({ key }) => key === page.key)).toHaveLength(1)
    expect(stage.simulator.pagerduty.pages()).toHaveLength(1)
  },
  { config: anaAlways },
)

story(
  'nobody answers at all: #ops hears it once, and it can still be acknowledged',
  async ({ slack, pagerduty, clock, settle }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page platform everything is down')
    await cleo.expectTold('platform is paged')
    await pagerduty.expectPage('everything is down')
    await clock.advance('5m')
    const first = await slack.person('ana').expectTold('everything is down')
    await clock.advance('10m')
    const last = await slack.person('eva').expectTold('everything is down')
    await clock.advance('10m')
    await slack.channel('#ops').expectMessage('Nobody answered a page', 'platform')
    await last.expectEdit('nobody answered')

    await slack.person('eva').click(last, 'Acknowledge')
    await first.expectEdit('Acknowledged', '@eva')
    await clock.advance('2h')
    await settle()
  },
  { config: anaAlways },
)

story(
  'the link in the mail asks once more: opening it changes nothing, its button acknowledges, a forged one is unknown',
  async ({ slack, mail, clock, stage, pagerduty }) => {
    await slack.person('cleo').type('#general', '/oncall page @ana please look at billing')
    await slack.person('cleo').expectTold('@ana is paged')
    const call = await slack.person('ana').expectTold('please look at billing')
    await mail.expectMail('ana@example.com', 'please look at billing')
    const [sent] = stage.simulator.mailbox.mails().slice(-1)
    const [link = ''] = /http\S+\/oncall\/answer\/\S+/.exec(sent?.text ?? '') ?? []

    const opened = await fetch(reachable(link, stage.app.url))
    expect(opened.status).toBe(200)
    expect(await opened.text()).toContain('Nobody has acknowledged it yet')
    expect(call.shows()).toContain('Nobody has acknowledged it yet')
    const forged = await fetch(`${reachable(link, stage.app.url).slice(0, -2)}xx`, { method: 'POST' })
    expect(forged.status).toBe(404)

    const pressed = await fetch(reachable(link, stage.app.url), { method: 'POST' })
    expect(await pressed.text()).toContain('It is acknowledged')
    await call.expectEdit('Acknowledged', '@ana')
    await clock.advance('1h')
    expect(stage.simulator.pagerduty.pages()).toEqual([])
    void pagerduty
  },
  { config: anaAlways },
)

/** The story's bot listens on a port that it did not know when it wrote the link. */
function reachable(link: string, url: string): string {
  return link.replace(/^https?:\/\/[^/]+/, url)
}

const gateway = { calls: [] as { headers: Record<string, unknown>; body: string }[], failures: 0, port: 0 }

beforeAll(async () => {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    gateway.calls.push({ headers: req.headers, body: Buffer.concat(chunks).toString() })
    res.writeHead(gateway.failures-- > 0 ? 503 : 202).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gateway.port = (server.address() as AddressInfo).port
  return () => {
    server.closeAllConnections()
    server.close()
  }
})

story(
  'PagerDuty refuses: the next step does not wait, and a gateway that stumbles is asked again with the same id, signed',
  async ({ slack, stage, clock }) => {
    stage.simulator.pagerduty.faults.inject('v2/enqueue', { kind: 'error', error: 'no such key' })
    gateway.failures = 1
    await slack.person('cleo').type('#general', '/oncall page platform the queue is full')
    await slack.person('cleo').expectTold('platform is paged')
    await slack.channel('#ops').expectMessage('pager.trigger')
    await slack.person('cleo').expectTold('PagerDuty cannot take a page for platform', '/oncall contacts has')
    await expect
      .poll(
        () => {
          void clock.advance('2s')
          return gateway.calls.length
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe(2)
    const [first, second] = gateway.calls
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = second?.headers ?? {}
    const body = second?.body ?? ''
    expect(signature).toBe(signatureOf('a secret of the story', { id: String(id), timestamp: String(timestamp), body }))
    expect(JSON.parse(body)).toMatchObject({ type: 'page', phone: '+351 555 0101', summary: 'the queue is full' })
  },
  {
    config: (example) =>
      anaAlways(example)
        .replace('by: [slack, mail] #', 'by: [sms] #')
        .replace(
          '  giveUpAfter:',
          `  webhooks:\n    sms: { url: "http://127.0.0.1:${gateway.port}/", secretVariable: SMS_SECRET }\n  giveUpAfter:`,
        ),
  },
)

story(
  'who is on call is known: now, for a service, overridden and taken back',
  async ({ slack }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall')
    await cleo.expectTold('platform: @ana')
    await cleo.type('#general', '/oncall why checkout p1')
    await cleo.expectTold('at once: PagerDuty', 'after 5 min: @ana', 'after 15 min: @eva')
    await cleo.type('#general', '/oncall why checkout p4')
    await cleo.expectTold('P4 pages nobody by itself', 'P1 and P2 do')
    await cleo.type('#general', '/oncall override platform @ben now 2099-01-01 09:00')
    await cleo.expectTold('at most 92 days')
    await cleo.type('#general', '/oncall override platform @ben at noon')
    await cleo.expectTold('I do not understand these times')
    await cleo.type('#general', '/oncall override platform @ben now tomorrow 23:59')
    await cleo.expectTold('@ben is on call for platform')
    await cleo.type('#general', '/oncall platform')
    await cleo.expectTold('after 5 min: @ben (schedule platform')
    await cleo.type('#general', '/oncall overrides platform 1')
    await cleo.expectTold('Override 1 of platform is taken back')
    await cleo.type('#general', '/oncall overrides platform')
    await cleo.expectTold('Nothing is overridden')
    await cleo.type('#general', '/oncall')
    await cleo.expectTold('platform: @ana')
  },
  { config: anaAlways },
)

story(
  'a shift begins: it is announced, and «I have it» is said once',
  async ({ slack, clock }) => {
    const cleo = slack.person('cleo')
    // The shift that runs is noticed, silently: nobody handed it over to us.
    await cleo.type('#general', '/oncall handoff platform')
    await cleo.expectTold('You have platform')
    await slack.channel('#ops').expectMessage('@ana is on call now', '@cleo has it')
    await cleo.type('#general', '/oncall override platform @ben now tomorrow 23:59')
    await cleo.expectTold('@ben is on call for platform')
    const post = await slack.channel('#ops').expectMessage('@ben is on call now, after @ana', 'Nobody has said')
    await slack.person('ben').click(post, 'I have it')
    await slack.person('ben').expectTold('You have platform')
    await post.expectEdit('@ben has it')
    await clock.advance('2d')
    await slack.channel('#ops').expectMessage('@ana is on call now, after @ben')
  },
  {
    config: (example) => anaAlways(example).replace('handOverIn: null', 'handOverIn: "#ops"'),
  },
)

story(
  'a test page goes all the way, and who answered how soon is kept',
  async ({ slack, clock, pagerduty, settle }) => {
    const dmitri = slack.person('dmitri')
    await dmitri.type('#general', '/oncall')
    await dmitri.expectTold('No test page was sent in the last month')
    await dmitri.type('#general', '/oncall test platform')
    await dmitri.expectTold('A test page goes to platform')
    await pagerduty.expectPage('Test page')
    await clock.advance('5m')
    const call = await slack.person('ana').expectTold('Test page')
    await slack.person('ana').click(call, 'Acknowledge')
    await call.expectEdit('Acknowledged')
    await settle()
    await dmitri.type('#general', '/oncall evidence')
    await dmitri.expectTold('• PagerDuty after', '@ana:', 'mail after', 'Slack after', 'acknowledged after')
    await dmitri.type('#general', '/oncall')
    expect((await dmitri.expectTold('Teams: platform')).shows()).not.toContain('No test page')
    await dmitri.type('#general', '/oncall load')
    await dmitri.expectTold('0 pages', 'for 0 people')
    await dmitri.type('#general', '/oncall contacts')
    await dmitri.expectTold('Ana Ferreira', '+351 555 0101', 'Cloud support')
    await slack.person('gus').type('#general', '/oncall contacts')
    const refused = await slack.person('gus').expectTold('Guests')
    expect(refused.shows()).not.toContain('555')
  },
  { config: anaAlways },
)

story(
  'the form shows whom it would wake and their time; the page goes to whom was chosen',
  async ({ slack, pagerduty }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page')
    const form = await cleo.expectModal('Page someone')
    expect(JSON.stringify(form)).toMatch(/Wakes PagerDuty.*, then Ana Ferreira \(\w{3},? \d\d:\d\d there\)/)
    await cleo.submit({ 'What do you need them for?': 'money is missing' })
    await cleo.expectTold('platform is paged')
    await pagerduty.expectPage('money is missing')
  },
  { config: anaAlways },
)

story(
  'the calendar of a schedule is a calendar, for whoever was given its address',
  async ({ slack, stage }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall calendar platform')
    const told = await cleo.expectTold('calendar.ics')
    const [link = ''] = /http\S+\.ics/.exec(told.now().text) ?? []
    const answer = await fetch(reachable(link, stage.app.url))
    expect(answer.headers.get('content-type')).toContain('text/calendar')
    expect(await answer.text()).toMatch(/BEGIN:VEVENT\r\n[\s\S]*SUMMARY:On call for platform: Ana Ferreira\r\n/)
    expect((await fetch(reachable(link, stage.app.url).replace(/[^/]+\/calendar\.ics/, 'x/calendar.ics'))).status).toBe(
      404,
    )
  },
  { config: anaAlways },
)
