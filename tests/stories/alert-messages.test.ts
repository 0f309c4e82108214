/** What people see of an alert and press on it, beside what its route does. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { shownOnly, withAlerts } from '../support/alert-config.ts'
import { story } from '../support/story.ts'

const alert = (name: string, more: object = {}) => ({ title: name, labels: { service: 'checkout' }, ...more })

story(
  '«Runbook» opens the steps with the alert’s own words in them: to whoever pressed, or where its incident runs',
  async ({ slack, alerts }) => {
    const ben = slack.person('ben')
    await alerts.post(alert('CacheHitRateDrop', { labels: { service: 'checkout', instance: 'cache-1' } }))
    const message = await slack.channel('#alerts').expectMessage('CacheHitRateDrop', 'Runbook')
    await ben.click(message, 'Runbook')
    await ben.expectTold('High latency is started in our direct messages')
    const steps = await ben.expectTold('High latency', 'step 1')
    expect(steps.shows()).toContain('checkout')

    await ben.click(message, 'Declare incident')
    await ben.expectTold('INC-1 is declared')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-cachehitratedrop')
    await room.expectMessage('INC-1')
    // The one that names this alert opens by itself; the route's own is there for whoever presses.
    await room.expectMessage('Cache hit rate', 'step 1')
    await message.expectEdit('INC-1')
    await ben.click(message, 'Runbook')
    await ben.expectTold('is started in the channel of INC-1')
    await room.expectMessage('High latency', 'step 1')
    await ben.click(message, 'Runbook')
    await ben.expectTold('is open in the channel of INC-1 already')
  },
  withAlerts('routes:\n  - groupBy: [alertname]\n    runbook: high-latency'),
)

story(
  'a runbook elsewhere is a link, and one that is nowhere is said to be',
  async ({ slack, alerts }) => {
    const ben = slack.person('ben')
    const elsewhere = 'https://wiki.example.com/disk-full'
    const post = (name: string, runbook: string) => alerts.post({ title: name, runbook })
    await post('DiskFull', elsewhere)
    const linked = await slack.channel('#alerts').expectMessage('DiskFull', 'Runbook')
    expect(JSON.stringify(linked.now().blocks)).toContain(`"url":"${elsewhere}"`)
    await post('DiskSlow', 'runbooks/never-written.md')
    const nowhere = await slack.channel('#alerts').expectMessage('DiskSlow', 'Runbook')
    await ben.click(nowhere, 'Runbook')
    await ben.expectTold('There is no runbook “never-written”')
  },
  shownOnly,
)

story('what comes and goes is called flapping, and stays one message', async ({ slack, alerts, clock }) => {
  const turn = (status: string) => alerts.post(alert('QueueGrowing', { status, severity: 'info' }))
  await turn('firing')
  const message = await slack.channel('#alerts').expectMessage('QueueGrowing')
  for (let n = 2; n <= 4; n += 1) {
    await clock.advance('3m')
    await turn('resolved')
    await message.expectEdit('Resolved')
    await clock.advance('3m')
    await turn('firing')
    await message.expectEdit(`×${n} in 60 min`)
  }
  await message.expectEdit('flapping ×4 in 60 min')
})

story(
  'each alert that joins is said below the message, where the route wants it',
  async ({ slack, alerts }) => {
    const pod = (name: string) => ({ title: 'PodCrashLooping', labels: { alertname: 'PodCrashLooping', pod: name } })
    await alerts.post(pod('a'))
    const message = await slack.channel('#alerts').expectMessage('PodCrashLooping')
    await alerts.post(pod('b'))
    const said = await slack.channel('#alerts').expectMessage('pod=b')
    expect(said.now().threadTs).toBe(message.now().ts)
    await message.expectEdit('2 of 2 firing')
  },
  withAlerts('routes:\n  - groupBy: [alertname]\n    thread: true'),
)

story(
  'a pair of Alertmanagers, one of them slow, is heard as one',
  async ({ slack, alerts, stage, settle }) => {
    const startsAt = stage.clock.now().toISOString()
    const endsAt = new Date(stage.clock.now().getTime() + 60_000).toISOString()
    const from = (which: string, status: string) => ({
      version: '4',
      status,
      groupKey: '{}:{alertname="DiskFull"}',
      receiver: 'tocsin',
      externalURL: `http://${which}:9093`,
      alerts: [
        {
          status,
          labels: { alertname: 'DiskFull', instance: 'db-1' },
          annotations: {},
          startsAt,
          endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : endsAt,
          fingerprint: 'c0ffee',
        },
      ],
    })
    await alerts.post(from('one', 'firing'), 'alertmanager')
    const message = await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')
    await alerts.post(from('two', 'firing'), 'alertmanager')
    await alerts.post(from('one', 'resolved'), 'alertmanager')
    await message.expectEdit('Resolved')
    // The slow one still says that it fires; the end is known, so nothing changes.
    await alerts.post({ ...from('two', 'firing'), truncatedAlerts: 0 }, 'alertmanager')
    await alerts.post(from('two', 'resolved'), 'alertmanager')
    await settle()
    expect(message.shows()).toContain('Resolved')
    expect(message.shows()).not.toContain('×')
  },
  shownOnly,
)

story(
  '«Merge into…» makes a warning part of what runs, and its message says so; taken back, it comes back',
  async ({ slack, alerts, settle }) => {
    const ben = slack.person('ben')
    await ben.type('#general', '/inc new checkout is slow')
    await ben.expectTold('INC-1 is declared')
    await slack.channel('#incidents').expectMessage('INC-1')
    const card = await slack.channel('#inc-1-checkout-is-slow').expectMessage('INC-1')
    await alerts.post({ title: 'QueueGrowing', severity: 'warning' })
    const message = await slack.channel('#alerts').expectMessage('QueueGrowing', 'INC-2', 'in triage')
    const triage = await slack.channel('#incidents').expectMessage('INC-2')
    await slack.channel('#inc-2-queuegrowing').expectMessage('INC-2', 'triage')

    await ben.click(message, 'Merge into…')
    await ben.expectModal('Merge into another')
    await ben.submit({ 'Which one goes on?': 'INC-1 checkout is slow' })
    await message.expectEdit('INC-1')
    await card.expectEdit('QueueGrowing')
    await triage.expectEdit('merged')
    await slack.channel('#inc-2-queuegrowing').expectMessage('INC-1')
    await slack.channel('#inc-1-checkout-is-slow').expectMessage('INC-2')
    await settle()
    expect(message.shows()).not.toContain('in triage')

    await ben.type('#general', '/inc unmerge #2')
    await ben.expectTold('INC-2 is triage now')
    await slack.channel('#inc-1-checkout-is-slow').expectMessage('INC-2 goes on by itself again')
    await slack.channel('#inc-2-queuegrowing').expectMessage('took the merge into INC-1 back')
    await message.expectEdit('INC-2', 'in triage')
    await expect.poll(() => card.shows()).not.toContain('QueueGrowing')
  },
)

story('a rack that goes down is one message, though it is thousands of alerts in one delivery', async (play) => {
  const { slack, alerts, stage } = play
  const startsAt = stage.clock.now().toISOString()
  const rack = (status: string) => ({
    version: '4',
    groupKey: '{}:{alertname="HostDown"}',
    alerts: Array.from({ length: 1_200 }, (_, n) => ({
      status,
      labels: { alertname: 'HostDown', service: 'search', instance: `host-${n}` },
      annotations: { summary: `host-${n} does not answer`, description: 'It was seen last a minute ago. '.repeat(10) },
      startsAt,
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : stage.clock.now().toISOString(),
      fingerprint: `f${n}`,
    })),
  })
  expect(await alerts.post(rack('firing'), 'alertmanager')).toMatchObject({ status: 200, body: { accepted: 1_200 } })
  const message = await slack.channel('#alerts').expectMessage('HostDown', 'host-', 'more: /alert info')
  await message.expectEdit('1200 of 1200 firing')
  await alerts.post(rack('resolved'), 'alertmanager')
  await message.expectEdit('Resolved', '0 of 1200 firing')
})

story('who comes too late, or may not, is told so', async ({ slack, alerts }) => {
  const [ana, ben, gus] = [slack.person('ana'), slack.person('ben'), slack.person('gus')]
  await alerts.post(alert('DiskFull', { severity: 'info' }))
  const message = await slack.channel('#alerts').expectMessage('DiskFull')
  const id = /alert why ([0-9a-f]{6})/.exec(message.shows())?.[1] ?? ''
  for (const verb of ['ack', 'declare', 'test']) {
    await gus.type('#general', `/alert ${verb} ${verb === 'test' ? 'generic' : id}`)
    await gus.expectTold('Guests may look, not act')
  }
  await Promise.all([ana.click(message, 'Acknowledge'), ana.click(message, 'Acknowledge')])
  await message.expectEdit('acknowledged by @ana')
  await ben.type('#general', `/alert ack ${id}`)
  await ben.expectTold('@ana has acknowledged it already')

  await alerts.post(alert('DiskFull', { severity: 'info', status: 'resolved' }))
  await message.expectEdit('Resolved', 'It was noise')
  await ben.type('#general', `/alert ack ${id}`)
  await ben.expectTold('It does not fire any more')
  await ben.type('#general', '/alert attach 0000000 #1')
  await ben.expectTold('There is no alert of that id')
})

story('a declined alert counts as a false positive of its rule', async ({ slack, alerts }) => {
  const ben = slack.person('ben')
  await alerts.post(alert('QueueGrowing', { severity: 'warning' }))
  const message = await slack.channel('#alerts').expectMessage('QueueGrowing', 'in triage')
  const announced = await slack.channel('#incidents').expectMessage('INC-1', 'triage')
  const room = slack.channel('#inc-1-queuegrowing')
  await room.expectMessage('INC-1', 'triage')
  await ben.click(message, 'Decline')
  await ben.expectModal('Why?')
  await ben.submit({ 'Why is it no incident?': 'it is the import' })
  await room.expectMessage('it is the import')
  await announced.expectEdit('canceled')
  await message.expectEdit('Declare incident')
  await ben.type('#general', '/alert noisy 1')
  const report = await ben.expectTold('1.0 false positives a day', 'QueueGrowing')
  expect(report.shows()).toMatch(/QueueGrowing.*1 declined/)
})

story(
  'two people press «Declare incident» in the same moment: one incident, and the other is told of it',
  async ({ slack, alerts, stage, settle }) => {
    const [ben, eva] = [slack.person('ben'), slack.person('eva')]
    for (const [index, name] of ['QueueGrowing', 'CacheCold', 'DiskSlow', 'CertificateOld'].entries()) {
      await alerts.post(alert(name))
      const message = await slack.channel('#alerts').expectMessage(name)
      const number = `INC-${index + 1}`
      await Promise.all([ben.click(message, 'Declare incident'), eva.click(message, 'Declare incident')])
      await settle()
      const declared = await rows<{ by: string }>(
        stage.app.database.db,
        sql`select declared_by as by from incidents where origin ->> 'label' = ${`alert ${name}`}`,
      )
      expect(declared).toHaveLength(1)
      const [first, second] = declared[0]?.by === ben.id ? [ben, eva] : [eva, ben]
      await first.expectTold(`${number} is declared`)
      await second.expectTold(`${number} runs for it already`)
      await slack.channel('#incidents').expectMessage(number)
      await slack.channel(`#inc-${index + 1}-${name.toLowerCase()}`).expectMessage(number)
    }
  },
  shownOnly,
)
