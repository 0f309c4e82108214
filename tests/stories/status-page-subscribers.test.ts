import { createHmac } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { linkSecretOf } from '../../src/core/link-secret.ts'
import { forget } from '../../src/features/comms/status-page/subscribers/store.ts'
import { confirmedSubscribers, unsubscribeToken } from '../../src/features/comms/subscribers.ts'
import { payingIsSlow, tellClients } from '../support/published.ts'
import { type Play, story } from '../support/story.ts'

/** What somebody sends with a form, or a mail program with one click. */
async function post({ stage }: Play, path: string, form: Record<string, string | readonly string[]> = {}) {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one)
  const response = await fetch(`${stage.app.url}${path}`, { method: 'POST', body })
  return { status: response.status, text: await response.text() }
}

async function get({ stage }: Play, path: string) {
  const response = await fetch(`${stage.app.url}${path}`)
  return { status: response.status, text: await response.text() }
}

const mailsTo = ({ stage }: Play, to: string) => stage.simulator.mailbox.mails().filter((mail) => mail.to.includes(to))

/** The path of the link in the newest mail to an address. */
async function linkIn(play: Play, to: string): Promise<string> {
  await play.settle()
  const link = /https?:\/\/[^/]+(\/status\/confirm\/\S+)/.exec(mailsTo(play, to).at(-1)?.text ?? '')?.[1]
  if (!link) throw new Error(`no mail with a link came to ${to}`)
  return link
}

const confirmed = (play: Play, components: readonly string[] = []) =>
  confirmedSubscribers(play.stage.app.database.db, { components, after: '', limit: 10 })

const eve = 'eve@client.example'
const all = { address: eve, scope: 'all' }

async function subscribe(play: Play, form: Record<string, string | readonly string[]> = all): Promise<void> {
  await post(play, '/status/subscribe', form)
  await post(play, await linkIn(play, eve))
}

/** Where one click in a mail of ours leads. */
async function leavePath(play: Play): Promise<string> {
  const [subscriber] = await confirmed(play)
  const secret = await linkSecretOf(play.stage.app.database.db)
  const sign = (what: string) => createHmac('sha256', secret).update(what).digest('base64url').slice(0, 32)
  return `/status/unsubscribe/${unsubscribeToken(subscriber?.id ?? '', sign)}`
}

story('nobody is written to before they confirmed, and following the link alone confirms nothing', async (play) => {
  const answer = await post(play, '/status/subscribe', all)
  expect(answer.text).toContain('a mail with a link is on its way')
  const link = await linkIn(play, eve)
  expect(await confirmed(play)).toEqual([])

  expect((await get(play, link)).text).toContain('Confirm that')
  expect(await confirmed(play), 'a mail program follows links too').toEqual([])

  expect((await post(play, link)).text).toContain('You are subscribed')
  expect(await confirmed(play)).toMatchObject([{ address: eve, components: [] }])
  expect((await post(play, link)).text, 'a second click').toContain('You are subscribed')
})

story('whoever chose some components hears of those, and of what names none', async (play) => {
  await subscribe(play, { address: eve, scope: 'some', component: ['checkout', 'payments'] })

  expect(await confirmed(play, ['payments'])).toHaveLength(1)
  expect(await confirmed(play, ['search'])).toHaveLength(0)
  expect(await confirmed(play, [])).toHaveLength(1)
  expect(mailsTo(play, eve)[0]?.text).toContain('about Checkout, Payments')
})

story(
  'another choice counts only once it is confirmed, so that nobody can change it for somebody else',
  async (play) => {
    await subscribe(play)
    await post(play, '/status/subscribe', { address: eve, scope: 'some', component: 'search' })
    expect(await confirmed(play)).toMatchObject([{ components: [] }])

    await post(play, await linkIn(play, eve))

    expect(await confirmed(play)).toMatchObject([{ components: ['search'] }])
  },
)

story('one POST unsubscribes, a GET never does, and the address is forgotten', async (play) => {
  await subscribe(play)
  const path = await leavePath(play)

  expect((await get(play, path)).text).toContain('One click')
  expect(await confirmed(play)).toHaveLength(1)
  const left = await post(play, path, { 'List-Unsubscribe': 'One-Click' })

  expect(left).toMatchObject({ status: 200 })
  expect(await confirmed(play)).toEqual([])
  expect(await post(play, path), 'a second time').toMatchObject({ status: 200 })
  const kept = await rows(play.stage.app.database.db, sql`select 1 from comms_subscribers where address = ${eve}`)
  expect(kept).toEqual([])
})

story('an address is not flooded: a second mail waits, and the answer does not tell', async (play) => {
  const first = await post(play, '/status/subscribe', all)
  const second = await post(play, '/status/subscribe', all)
  await play.settle()
  expect(second.text).toBe(first.text)
  expect(mailsTo(play, eve)).toHaveLength(1)

  await play.clock.advance('3m')
  await post(play, '/status/subscribe', all)
  await play.settle()
  expect(mailsTo(play, eve)).toHaveLength(2)
  await play.clock.advance('3m')
  await post(play, '/status/subscribe', all)
  await play.settle()
  expect(mailsTo(play, eve), 'each time it waits longer').toHaveLength(2)
})

story('only the newest link is good, and only for a week', async (play) => {
  await post(play, '/status/subscribe', all)
  const old = await linkIn(play, eve)
  await play.clock.advance('5m')
  await post(play, '/status/subscribe', all)
  const newest = await linkIn(play, eve)

  expect(await post(play, old)).toMatchObject({ status: 404 })
  await play.clock.advance('8d')
  expect(await post(play, newest)).toMatchObject({ status: 404 })
  expect(await confirmed(play)).toEqual([])
})

story(
  'what is no address, a choice of nothing and a made-up link are refused with what would be accepted',
  async (play) => {
    const wrong = await post(play, '/status/subscribe', { address: 'eve@client', scope: 'all' })
    expect(wrong).toMatchObject({ status: 400 })
    expect(wrong.text).toContain('Write it like name@example.com')
    for (const address of [
      'a@b.example, c@d.example',
      'Eve <eve@client.example>',
      `${'x'.repeat(250)}@client.example`,
      'eve@client.example\r\nBcc: ben@example.com',
    ]) {
      // In sequence: a failure names its address.
      expect(await post(play, '/status/subscribe', { address, scope: 'all' }), address).toMatchObject({ status: 400 })
    }
    const none = await post(play, '/status/subscribe', { address: eve, scope: 'some' })
    expect(none.text).toContain('Choose at least one')
    const unknown = await post(play, '/status/subscribe', { address: eve, scope: 'some', component: 'secret-db' })
    expect(unknown).toMatchObject({ status: 400 })
    for (const path of ['/status/confirm/a.1.b', '/status/unsubscribe/a.b', '/status/confirm/x']) {
      // In sequence: three.
      expect(await get(play, path), path).toMatchObject({ status: 404 })
      expect(await post(play, path), path).toMatchObject({ status: 404 })
    }
    await play.settle()
    expect(play.stage.simulator.mailbox.mails()).toEqual([])
  },
)

story('who left or never confirmed is forgotten after a week, with all that was written about them', async (play) => {
  await subscribe(play)
  await post(play, '/status/subscribe', { address: 'never@client.example', scope: 'all' })
  await post(play, await leavePath(play))
  await post(play, '/status/subscribe', { address: 'stays@client.example', scope: 'all' })
  await play.settle()
  const stays = /\/status\/confirm\/\S+/.exec(mailsTo(play, 'stays@client.example')[0]?.text ?? '')?.[0] ?? ''
  await post(play, stays)
  await play.clock.advance('8d')
  const { db } = play.stage.app.database

  expect(await forget(db, play.stage.clock.now())).toBe(2)

  expect(await confirmed(play)).toMatchObject([{ address: 'stays@client.example' }])
  const traces = await rows(db, sql`select event from journal where event::text ~ '(eve|never)@client'`)
  expect(traces).toEqual([])
})

story('whoever confirmed gets what is published, and leaves by the link in that very mail', async (play) => {
  await subscribe(play, { address: eve, scope: 'some', component: 'checkout' })
  const [ana, ben] = [play.slack.person('ana'), play.slack.person('ben')]
  await ana.type('#general', '/inc new p3 checkout is down')
  await ana.expectTold('INC-1')
  await play.slack.channel('#incidents').expectMessage('INC-1')
  const room = play.slack.channel('#inc-1-checkout-is-down')
  await ana.click(await room.expectMessage('INC-1'), 'Draft client update')
  await ana.expectModal('Message to clients')
  await ana.submit(payingIsSlow)
  const review = await room.expectMessage('Message to clients 1.1', '1 subscriber by e-mail')
  await ben.click(review, 'Approve and publish')
  await play.slack.channel('#status-updates').expectMessage('Paying is slow')

  await play.mail.expectMail(eve, 'Paying takes up to a minute.', '/status/unsubscribe/')
  const path = /\/status\/unsubscribe\/\S+/.exec(mailsTo(play, eve).at(-1)?.text ?? '')?.[0] ?? ''
  expect(await post(play, path, { 'List-Unsubscribe': 'One-Click' })).toMatchObject({ status: 200 })
  expect(await confirmed(play)).toEqual([])
})

story('what comes in a burst is read at once in part, and the rest of it in one mail', async (play) => {
  await subscribe(play)
  const { db } = play.stage.app.database
  const before = mailsTo(play, eve).length
  // In sequence: said one after the other.
  for (const [index, name] of ['one', 'two', 'three', 'four', 'five'].entries())
    await tellClients(db, {
      ...{ publicId: `p${index}`, phase: 'investigating', name: `${name} is slow`, text: `${name} takes a minute.` },
      at: new Date(play.stage.clock.now().getTime() + index),
    })
  // That replica died before it wrote to anybody.
  await db.execute(sql`delete from comms_mailings`)

  await expect.poll(() => mailsTo(play, eve).length).toBe(before + 3)
  await play.clock.advance('4m')
  await play.settle()
  expect(mailsTo(play, eve)).toHaveLength(before + 3)
  await play.clock.advance('2m')

  await expect.poll(() => mailsTo(play, eve).length).toBe(before + 4)
  const rest = mailsTo(play, eve).at(-1)
  expect(rest?.subject).toBe('2 messages, the last: five is slow')
  expect(rest?.text).toMatch(/four takes a minute\..*five takes a minute\..*status\/unsubscribe/s)
})

story(
  'whom their own mail server refuses with three messages is not written to any more, and /comms list says so',
  async (play) => {
    const { slack } = play
    await subscribe(play)
    play.stage.simulator.mailbox.mode = 'refuse'
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    await ana.type('#general', '/inc new p3 checkout is down')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const place = '#inc-1-checkout-is-down'
    const room = slack.channel(place)
    await room.expectMessage('INC-1')
    for (const number of [1, 2, 3]) {
      // In sequence: one message is open at a time.
      await ana.type(place, '/comms draft')
      await ana.expectModal('Message to clients')
      await ana.submit({
        'What is this message?': 'First message: confirmed',
        'What clients call it': 'Paying is slow',
        'What clients notice': `Paying takes ${number} minutes.`,
        'Are clients concerned?': 'Confirmed: clients are concerned',
        'What of ours is concerned?': ['Checkout'],
        'When do clients hear more?': 'In 30 minutes',
      })
      const review = await room.expectMessage(
        `Message to clients 1.${number}`,
        number < 3 ? '1 subscriber by e-mail' : '',
      )
      await ben.click(review, 'Approve and publish')
      // Ours of tocsin.yml is refused as well, and stays: a person mends it there.
      await review.expectEdit('2 deliveries were given up')
      await slack.channel('#ops').expectMessage('could not deliver')
    }
    await slack.channel('#status-updates').expectMessage('Paying is slow')
    await play.settle()
    expect(await confirmed(play)).toEqual([])
    await ana.type('#general', '/comms list')
    await ana.expectTold('0 subscribers by e-mail', '1 other is not written to any more')
  },
)
