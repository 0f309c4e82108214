import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { openDatabase, rows } from '../../src/core/db.ts'
import { story } from '../support/story.ts'

story(
  'a critical alert opens an incident, pages, and its message shows the incident',
  async ({ slack, alerts, pagerduty }) => {
    const answer = await alerts.post({
      title: 'CheckoutDown',
      severity: 'critical',
      summary: '11 % fail',
      labels: { service: 'checkout' },
    })
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1 } })

    const alert = await slack
      .channel('#alerts')
      .expectMessage('Firing', 'CheckoutDown', '11 % fail', 'service=checkout')
    await slack.channel('#incidents').expectMessage('P1 INC-1', 'CheckoutDown')
    await slack.channel('#inc-1-checkoutdown').expectMessage('INC-1', 'by alert CheckoutDown', 'Alerts')
    await pagerduty.expectPage('P1 INC-1')
    await alert.expectEdit('INC-1')
  },
)

story('another alert is shown, can be declared by a click, and says when it is over', async ({ slack, alerts }) => {
  const ben = slack.person('ben')
  await alerts.post({ title: 'DiskFull', severity: 'info' })
  const alert = await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')

  await ben.click(alert, 'Declare incident')
  await ben.expectTold('INC-1 is declared as P3')
  await slack.channel('#incidents').expectMessage('DiskFull')
  await slack.channel('#inc-1-diskfull').expectMessage('INC-1')
  await alert.expectEdit('INC-1')

  await alerts.post({ title: 'DiskFull', severity: 'info', status: 'resolved' })
  await alert.expectEdit('Resolved', 'after')
})

story('the same delivery twice has the effect of once', async ({ slack, alerts }) => {
  const startsAt = new Date().toISOString()
  const first = await alerts.post({ title: 'DiskFull', startsAt })
  const again = await alerts.post({ title: 'DiskFull', startsAt })
  expect(again).toEqual(first)
  await slack.channel('#alerts').expectMessage('DiskFull')
})

story('a sender that says no time is heard again when its alert comes back', async ({ slack, alerts, clock }) => {
  await alerts.post({ title: 'DiskFull' })
  const message = await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')
  await clock.advance('1m')
  await alerts.post({ title: 'DiskFull', status: 'resolved' })
  await message.expectEdit('Resolved')
  await clock.advance('1m')
  await alerts.post({ title: 'DiskFull' })
  await message.expectEdit('Firing', '×2 in 60 min')
})

story(
  'a handful that a crash cut short comes again beside what came since: nothing is lost or counted twice',
  async ({ slack, alerts, stage, settle }) => {
    const pod = (name: string) => ({
      title: 'PodCrashLooping',
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      labels: { alertname: 'PodCrashLooping', pod: name },
    })
    await alerts.post(pod('a'))
    const message = await slack.channel('#alerts').expectMessage('Firing', 'PodCrashLooping')
    await settle()
    await stage.stopBot()
    const database = await openDatabase(stage.databaseUrl, { connections: 1 })
    // As if the process had died after the work was done and before its delivery was closed.
    await database.db.execute(sql`insert into inbox (source, key, body, received_at)
      values ('hooks/generic', 'since', ${JSON.stringify(pod('b'))}, now())`)
    await database.db.execute(sql`insert into inbox_work (id, not_before)
      select id, now() from inbox where source = 'hooks/generic'`)
    await database.close()
    await stage.startBot()
    await message.expectEdit('2 of 2 firing', 'pod=b')
    await settle()
    const fired = await rows<{ n: number }>(
      stage.app.database.db,
      sql`select count(*)::int as n from journal where type = 'alert.fired'`,
    )
    expect(fired).toEqual([{ n: 2 }])
  },
)

story('a storm of one alert is one message', async ({ slack, alerts, stage, settle }) => {
  const moment = (n: number) => new Date(Date.now() + n * 1_000).toISOString()
  const storm = Array.from({ length: 200 }, (_, n) => ({
    title: 'Flapping',
    ...(n % 2 === 0 ? { status: 'firing', startsAt: moment(n) } : { status: 'resolved', endsAt: moment(n) }),
  }))
  const answers = await Promise.all(storm.map((body) => alerts.post(body)))
  expect(answers.every((answer) => answer.status === 200)).toBe(true)
  await slack.channel('#alerts').expectMessage('Flapping', '×')
  await settle()
  const edits = stage.simulator.slack.calls.filter((call) => call.method === 'chat.update')
  expect(edits.length).toBeLessThan(20)
})

story('hostile text is shown and calls nobody', async ({ slack, alerts, stage }) => {
  await alerts.post({
    title: '<!channel> *bold* \u202Eevil',
    summary: '<@U0ANA0001> <https://evil.example|your bank>',
    labels: { a: '<!here>' },
  })
  const alert = await slack.channel('#alerts').expectMessage('<!channel> bold evil')
  const sent = stage.simulator.slack.calls
    .filter((call) => call.method === 'chat.postMessage')
    .map((call) => JSON.stringify(call.args))
  expect(sent.join()).not.toMatch(/<!(channel|here)>|<@U0ANA0001>|<https:\/\/evil/)
  expect(alert.now().deleted).toBe(false)
})

story('what is malformed is refused with the field that is wrong, and the bot stays up', async ({ alerts, stage }) => {
  expect(await alerts.post({ status: 'firing' })).toMatchObject({
    status: 400,
    body: { field: 'title', error: '"title" is missing' },
  })
  expect(await alerts.post({ title: 'x', status: 'maybe' })).toMatchObject({ status: 400, body: { field: 'status' } })
  expect(await alerts.post({ alerts: [{ title: 'ok' }, { title: '' }] })).toMatchObject({
    status: 400,
    body: { field: 'alerts[1].title' },
  })
  expect(await alerts.post({ title: 'x' }, 'nagios')).toMatchObject({ status: 404 })

  const send = async (body: string | Uint8Array, token = stage.hookToken) => {
    const response = await fetch(`${stage.app.url}/hooks/generic`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}` },
    })
    return [response.status, ((await response.json()) as { error?: string }).error?.slice(0, 40)]
  }
  expect(await send('{"title":')).toEqual([400, expect.stringContaining('The body is not JSON')])
  expect(await send('')).toEqual([400, 'The body is empty. Send JSON.'])
  expect(await send('[]')).toEqual([400, expect.stringContaining('must be a JSON object')])
  expect(await send(new Uint8Array([0xff, 0xfe]))).toEqual([400, 'The body is not valid UTF-8.'])
  expect(await send('['.repeat(5_000) + ']'.repeat(5_000))).toEqual([400, expect.stringContaining('nested deeper')])
  expect(await send(`"${'x'.repeat(1024 * 1024)}"`)).toEqual([413, expect.stringContaining('larger than 1048576')])
  expect(await send('{"title":"x"}', 'wrong')).toEqual([401, expect.stringContaining('Authorization: Bearer')])
  expect((await fetch(`${stage.app.url}/healthz`)).status).toBe(200)
})

story('what was accepted and cannot be worked on is told in #ops, by its number', async ({ alerts, stage, slack }) => {
  const { db } = stage.app.database
  await db.execute(sql`alter table alert_members rename to alert_members_away`)
  const answer = await alerts.post({ title: 'DiskFull' })
  const isGivenUp = async () => {
    stage.clock.advance(30_000)
    return (await rows(db, sql`select 1 from inbox where gave_up is not null`)).length
  }
  await expect.poll(isGivenUp, { timeout: 20_000, interval: 200 }).toBe(1)
  await db.execute(sql`alter table alert_members_away rename to alert_members`)

  await slack.channel('#ops').expectMessage('hooks/generic', 'nowhere to be seen', `number ${answer.body.id}`)
})

story('NUL and lone surrogates are cleaned away, not choked on', async ({ slack, alerts }) => {
  const answer = await alerts.post({ title: 'a\u0000b \ud800 c', labels: { 'k\u0000': '\udfff' } })
  expect(answer.status).toBe(200)
  await slack.channel('#alerts').expectMessage('ab \ufffd c')
})

story('a title of 3,000 characters, or of emoji only, is shown shortened and has a channel', async ({ slack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', `/inc new ${'long '.repeat(600)}`)
  await ana.expectTold('INC-1')
  await ana.type('#general', '/inc new 🔥🔥 🔥')
  await ana.expectTold('INC-2')
  await slack.channel('#incidents').expectMessage('INC-1', 'long long')
  await slack.channel('#incidents').expectMessage('INC-2', '🔥🔥 🔥')
  await slack.channel('#inc-2').expectMessage('INC-2')
  const room = slack.channel(`#${'inc-1-long-long-long-long-long-long-long-long-long-long'}`)
  await room.expectMessage('INC-1')
})
