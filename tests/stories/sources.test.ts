/** Each kind of sender: what it must show before we listen, what becomes of what it sends, and what is refused. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sources } from '../../src/features/alerts/sources/index.ts'
import { hexDigest } from '../../src/lib/signatures.ts'
import { shownOnly } from '../support/alert-config.ts'
import { hostileText, mutated } from '../support/fuzz.ts'
import { openStage, type Stage } from '../support/stage.ts'
import { type Play, story } from '../support/story.ts'

const titles: Record<string, string> = {
  alertmanager: 'HighErrorRate',
  grafana: 'Search answers slowly',
  pagerduty: 'Payments: settlement queue is not drained',
  sentry: 'Too many errors at checkout',
  datadog: 'Memory of checkout is nearly used up',
  cloudwatch: 'payments-queue-age',
  generic: 'CheckoutErrorRateHigh',
}
const topic = 'arn:aws:sns:eu-west-1:123456789012:tocsin'

for (const { name, play } of sources) {
  const title = `an alert of ${name} is shown once, and edited when it is over`
  const plays = async ({ alerts, slack, stage, clock }: Play) => {
    const startsAt = stage.clock.now().toISOString()
    const fired = play({ startsAt, endsAt: null, nth: 1 })
    expect(await alerts.post(fired, name)).toMatchObject({ status: 200 })
    expect(await alerts.post(fired, name)).toMatchObject({ status: 200 })
    const message = await slack.channel('#alerts').expectMessage(titles[name] ?? name, 'Firing')

    await clock.advance('3m')
    const ended = play({ startsAt, endsAt: stage.clock.now().toISOString(), nth: 1 })
    expect(await alerts.post(ended, name)).toMatchObject({ status: 200 })
    await message.expectEdit('Resolved', '3 min')
  }
  story(title, plays, shownOnly)
}

story(
  'a page of ours that comes back from PagerDuty is no alert; an incident of others there is one',
  async (given) => {
    const { slack, pagerduty, alerts, stage } = given
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new P1 checkout is down')
    await ana.expectTold('INC-1')
    const page = await pagerduty.expectPage('checkout is down')
    await slack.channel('#incidents').expectMessage('INC-1')
    await slack.channel('#inc-1-checkout-is-down').expectMessage('INC-1')
    const incident = (incident_key: string, title: string) => ({
      event: {
        event_type: 'incident.triggered',
        occurred_at: stage.clock.now().toISOString(),
        data: { id: `Q${incident_key}`, type: 'incident', status: 'triggered', title, incident_key },
      },
    })

    expect(await alerts.post(incident(page.key, 'ours, as PagerDuty tells it'), 'pagerduty')).toMatchObject({
      status: 200,
    })
    expect(await alerts.post(incident('theirs', 'somebody else opened this'), 'pagerduty')).toMatchObject({
      status: 200,
    })

    await slack.channel('#alerts').expectMessage('somebody else opened this')
  },
)

story('JSON of a tool that we know nothing of is read as tocsin.yml says', async ({ alerts, slack }) => {
  const check = { id: 7, name: 'Checkout answers', state: 'DOWN', tags: { service: 'checkout' }, error: 'timed out' }
  expect(await alerts.post({ checks: [check] }, 'generic/uptime')).toMatchObject({ status: 200, body: { accepted: 1 } })
  const message = await slack.channel('#alerts').expectMessage('Checkout answers', 'Firing', 'timed out', 'checkout')
  expect(await alerts.post({ checks: [{ ...check, state: 'up' }] }, 'generic/uptime')).toMatchObject({ status: 200 })
  await message.expectEdit('Resolved')

  expect(await alerts.post({ checks: [{}] }, 'generic/uptime')).toMatchObject({
    status: 400,
    body: { field: 'checks.0.name' },
  })
  expect(await alerts.post({}, 'generic/nagios')).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('uptime') },
  })
  expect(await alerts.post({ alerts: [] }, 'grafana/prod')).toMatchObject({ status: 404 })
})

story('a topic of ours is subscribed by itself, and #ops hears of it, and of its end', async (given) => {
  const { alerts, slack, stage, settle } = given
  const { sns } = stage.simulator
  expect(await alerts.post(sns.subscription(topic), 'cloudwatch')).toMatchObject({ status: 200, body: { accepted: 0 } })
  await slack.channel('#ops').expectMessage(topic, 'confirmed')
  await settle()
  expect(sns.confirmed()).toEqual([topic])

  const end = { Type: 'UnsubscribeConfirmation', TopicArn: topic, Message: 'You have chosen to deactivate' }
  expect(await alerts.post(end, 'cloudwatch')).toMatchObject({ status: 200 })
  await slack.channel('#ops').expectMessage(topic, 'no longer')
})

story('a stranger confirms no subscription with us, and sends us nothing', async ({ stage, clock }) => {
  const { sns } = stage.simulator
  const message = (more: object = {}) => sns.message({ Type: 'Notification', TopicArn: topic, Message: 'x', ...more })
  const send = async (body: object) => (await post(stage, 'cloudwatch', JSON.stringify(body))).status

  expect(await send(sns.subscription('arn:aws:sns:eu-west-1:999999999999:theirs'))).toBe(401)
  expect(await send(message({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:theirs' }))).toBe(401)
  expect(await send({ ...message(), Message: 'another text' })).toBe(401)
  expect(await send({ ...message(), Signature: 'bm8=' })).toBe(401)
  expect(await send({ ...message(), SigningCertURL: 'https://evil.example/SimpleNotificationService-0a.pem' })).toBe(
    401,
  )
  expect(await send({ AlarmName: 'raw message delivery is on', NewStateValue: 'ALARM' })).toBe(401)
  const kept = message()
  await clock.advance('2h')
  expect(await send(kept)).toBe(401)
  expect(await send({ ...sns.subscription(topic), SubscribeURL: 'https://evil.example/' })).toBe(401)
  expect(sns.confirmed()).toEqual([])
})

story('both versions of the signature of Amazon SNS are taken', async ({ stage, slack }) => {
  for (const version of ['1', '2'] as const) {
    const message = stage.simulator.sns.message({
      Type: 'Notification',
      TopicArn: topic,
      Message: `by ${version}`,
      version,
    })
    expect(await post(stage, 'cloudwatch', JSON.stringify(message))).toMatchObject({ status: 200 })
    await slack.channel('#alerts').expectMessage(`by ${version}`)
  }
})

story('nothing is taken from whoever has no token, the wrong one, or another signature', async ({ stage, slack }) => {
  const raw = JSON.stringify({ title: 'Is it you?' })
  const as = async (source: string, headers: Record<string, string>) => (await post(stage, source, raw, headers)).status
  const basic = (password: string) => `Basic ${Buffer.from(`tocsin:${password}`).toString('base64')}`

  for (const source of ['alertmanager', 'grafana', 'datadog', 'generic']) {
    expect(await as(source, {})).toBe(401)
    expect(await as(source, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await as(source, { authorization: basic('wrong') })).toBe(401)
    expect(await as(source, { authorization: stage.hookToken })).toBe(401)
  }
  // The token of another source is no key to one that signs.
  expect(await as('sentry', { authorization: `Bearer ${stage.hookToken}` })).toBe(401)
  expect(await as('pagerduty', { authorization: `Bearer ${stage.hookToken}` })).toBe(401)
  expect(await as('sentry', { 'sentry-hook-signature': hexDigest(Buffer.from(raw), 'wrong') })).toBe(401)
  expect(await as('pagerduty', { 'x-pagerduty-signature': `v1=${hexDigest(Buffer.from(raw), 'wrong')}` })).toBe(401)

  // As a password, for senders that know only https://user:password@host.
  expect(await as('generic', { authorization: basic(stage.hookToken) })).toBe(200)
  await slack.channel('#alerts').expectMessage('Is it you?')
})

story('an alert is posted, never fetched', async ({ stage }) => {
  const response = await fetch(`${stage.app.url}/hooks/generic`, {
    headers: { authorization: `Bearer ${stage.hookToken}` },
  })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})

test('whatever is posted to any source is accepted, or refused with the field that is wrong: never 500', {
  timeout: 120_000,
}, async () => {
  const stage = await openStage(shownOnly)
  try {
    for (const { name, play } of sources) {
      const example = play({ startsAt: stage.clock.now().toISOString(), endsAt: null, nth: 1 })
      const bodies = fc.sample(mutated(example, fc.oneof(fc.jsonValue(), hostileText)), { numRuns: 25, seed: 7 })
      for (const body of [...bodies, [], {}, null, 'text', 7]) {
        // In sequence: what is looked for is a wrong answer, not a race.
        const { status, body: said } = await stage.senders.post(name, body)
        expect([200, 400, 401], `${name}: ${JSON.stringify(body)} → ${said}`).toContain(status)
        if (status === 400)
          expect(JSON.parse(said)).toMatchObject({ field: expect.any(String), error: expect.any(String) })
      }
      const text = JSON.stringify(example)
      for (const cut of [1, 20, Math.floor(text.length / 2), text.length - 1])
        expect((await signedPost(stage, name, text.slice(0, cut))).status).toBe(name === 'cloudwatch' ? 401 : 400)
      expect((await signedPost(stage, name, JSON.stringify({ padding: 'x'.repeat(1_100_000) }))).status).toBe(413)
    }
    await expect.poll(() => stage.openWork(), { timeout: 60_000 }).toEqual([])
    const said = stage.simulator.slack.calls
      .filter((call) => call.method.startsWith('chat.'))
      // In plain text Slack reads nothing: `<!here>` stands there as it is.
      .map((call) => JSON.stringify(call.args).replace(/"text":"(?:[^"\\]|\\.)*","type":"plain_text"/g, ''))
    expect(said.length).toBeGreaterThan(0)
    const harm = /.{0,80}(?:<!(?:channel|here)|<@U0ANA0000|<https:\/\/evil|<javascript:|\u202e).{0,80}/g
    expect(said.flatMap((text) => text.match(harm) ?? [])).toEqual([])
    expect((await fetch(`${stage.app.url}/healthz`)).status).toBe(200)
  } finally {
    await stage.close()
  }
})

async function post(stage: Stage, source: string, raw: string, headers: Record<string, string> = {}) {
  return fetch(`${stage.app.url}/hooks/${source}`, { method: 'POST', body: raw, headers })
}

/** Bytes that no sender would sign, signed. */
async function signedPost(stage: Stage, source: string, raw: string) {
  const digest = (secret: string) => hexDigest(Buffer.from(raw), secret)
  return post(stage, source, raw, {
    authorization: `Bearer ${stage.hookToken}`,
    'x-pagerduty-signature': `v1=${digest(stage.simulator.env.PAGERDUTY_WEBHOOK_SECRET ?? '')}`,
    'sentry-hook-signature': digest('a secret of the story'),
  })
}
