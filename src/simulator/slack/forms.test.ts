import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSmallSlack, refusalOf, type SmallSlack } from '../../../tests/support/small-slack.ts'
import type { PersonHands } from '../types.ts'

let slack: SmallSlack
let ana: PersonHands
beforeEach(async () => {
  slack = await openSmallSlack()
  ana = slack.person('ana')
})
afterEach(() => slack.close())

const plain = (text: string) => ({ type: 'plain_text', text }) as const
const input = (id: string, label: string, element: object) => ({
  type: 'input',
  block_id: id,
  label: plain(label),
  element: { action_id: 'in', ...element },
})
const title = input('title', 'What is wrong?', { type: 'plain_text_input', max_length: 10 })
const severity = input('severity', 'Severity', {
  type: 'static_select',
  options: ['P1', 'P2'].map((name) => ({ text: plain(name), value: name.toLowerCase() })),
  initial_option: { text: plain('P2'), value: 'p2' },
})
const form = (more: object = {}) => ({
  type: 'modal',
  callback_id: 'declare',
  title: plain('Declare'),
  submit: plain('Send'),
  blocks: [title, severity],
  ...more,
})
const payloads = () => slack.bot.heard.map(({ payload }) => payload)

/** A trigger as it comes with everything a person does. */
async function trigger(): Promise<string> {
  await ana.type(slack.channelId('general'), '/inc')
  return payloads().at(-1).trigger_id
}
async function open(view: object = form()): Promise<{ id: string; hash: string }> {
  const { view: opened } = (await slack.web.apiCall('views.open', { trigger_id: await trigger(), view })) as {
    view?: { id: string; hash: string }
  }
  return opened ?? { id: '', hash: '' }
}
const push = async (view: object = form()) => slack.web.apiCall('views.push', { trigger_id: await trigger(), view })

test('a form opens, is filled in by its labels, and reports everything it holds', async () => {
  await open()
  expect(ana.modal()).toMatchObject({ title: 'Declare', submit: 'Send', callbackId: 'declare', errors: {} })
  expect(await ana.submit({ 'What is wrong?': 'checkout' })).toMatchObject({ outcome: 'ok' })
  expect(payloads().at(-1)).toMatchObject({
    type: 'view_submission',
    view: {
      callback_id: 'declare',
      state: {
        values: { title: { in: { value: 'checkout' } }, severity: { in: { selected_option: { value: 'p2' } } } },
      },
    },
  })
  expect(ana.modal()).toBeNull()
})

test('a trigger is good for three seconds, and once', async () => {
  const late = await trigger()
  slack.clock.advance(3_001)
  expect(await refusalOf(slack.web.apiCall('views.open', { trigger_id: late, view: form() }))).toBe(
    'expired_trigger_id',
  )
  const used = await trigger()
  slack.clock.advance(3_000)
  await slack.web.apiCall('views.open', { trigger_id: used, view: form() })
  expect(await refusalOf(slack.web.apiCall('views.open', { trigger_id: used, view: form() }))).toBe(
    'exchanged_trigger_id',
  )
  expect(await refusalOf(slack.web.apiCall('views.open', { trigger_id: 'made-up', view: form() }))).toBe(
    'invalid_trigger_id',
  )
})

test('a form that Slack would not show is refused, and its trigger is still good', async () => {
  const id = await trigger()
  expect(await refusalOf(slack.web.apiCall('views.open', { trigger_id: id, view: form({ submit: undefined }) }))).toBe(
    'invalid_arguments',
  )
  expect(await refusalOf(slack.web.apiCall('views.open', { trigger_id: id, view: { type: 'home', blocks: [] } }))).toBe(
    'invalid_arguments',
  )
  await slack.web.apiCall('views.open', { trigger_id: id, view: form() })
})

test('Slack itself refuses what is empty or too long, and the bot hears nothing of it', async () => {
  await open()
  expect(await ana.submit({})).toMatchObject({
    outcome: 'failed',
    body: { errors: { title: 'Please complete this required field.' } },
  })
  await ana.submit({ 'What is wrong?': 'more than ten letters' })
  expect(ana.modal()?.errors).toEqual({ title: 'Please enter no more than 10 characters.' })
  expect(payloads().filter(({ type }) => type === 'view_submission')).toEqual([])
  await expect(ana.submit({ Colour: 'red' })).rejects.toThrow(
    'there is no input «Colour» in «Declare»; it has: What is wrong?, Severity',
  )
})

test('errors of the bot stand beside the inputs, and the form stays with what was entered', async () => {
  await open()
  slack.bot.answer = () => ({ body: { response_action: 'errors', errors: { title: 'There is one already.' } } })
  await ana.submit({ 'What is wrong?': 'checkout' })
  expect(ana.modal()?.errors).toEqual({ title: 'There is one already.' })
  slack.bot.answer = () => ({})
  expect(await ana.submit({})).toMatchObject({ outcome: 'ok' })
  expect(payloads().at(-1).view.state.values.title.in.value).toBe('checkout')
})

test('an answer that Slack cannot follow is a failure, and the form stays', async () => {
  const answers = [
    { response_action: 'errors', errors: { nowhere: 'x' } },
    { response_action: 'update', view: form({ title: plain('x'.repeat(25)) }) },
    { response_action: 'dance' },
  ]
  await open()
  for (const body of answers) {
    slack.bot.answer = () => ({ body })
    expect((await ana.submit({ 'What is wrong?': 'checkout' })).outcome).toBe('failed')
    expect(ana.modal()?.title).toBe('Declare')
  }
})

test('the bot’s answer puts another form in place, one above, or closes all', async () => {
  await open()
  slack.bot.answer = () => ({ body: { response_action: 'push', view: form({ title: plain('Sure?'), blocks: [] }) } })
  await ana.submit({ 'What is wrong?': 'checkout' })
  expect(ana.modal()?.title).toBe('Sure?')
  slack.bot.answer = () => ({
    body: { response_action: 'update', view: form({ title: plain('Really?'), blocks: [] }) },
  })
  await ana.submit({})
  expect(ana.modal()?.title).toBe('Really?')
  slack.bot.answer = () => ({})
  await ana.submit({})
  expect(ana.modal()?.title).toBe('Declare')
  slack.bot.answer = () => ({ body: { response_action: 'clear' } })
  await ana.submit({})
  expect(ana.modal()).toBeNull()
})

test('three forms stand above each other, and no more', async () => {
  const first = await open()
  await push()
  const { view } = (await push()) as { view?: object }
  expect(view).toMatchObject({ root_view_id: first.id })
  expect(await refusalOf(push())).toBe('push_limit_reached')
})

test('an update keeps what was entered, and an old hash is refused', async () => {
  const { id, hash } = await open()
  await ana.clickInModal('What is wrong?', 'search')
  const update = (more: object) =>
    slack.web.apiCall('views.update', { view_id: id, view: form({ title: plain('Declare it') }), ...more })
  const { view } = (await update({ hash })) as { view?: { state: object } }
  expect(view?.state).toMatchObject({ values: { title: { in: { value: 'search' } } } })
  expect(await refusalOf(update({ hash }))).toBe('hash_conflict')
  expect(await refusalOf(update({ view_id: 'V0NOWHERE' }))).toBe('not_found')
  const { view: renamed } = (await update({ view: form({ blocks: [{ ...title, block_id: 'other' }] }) })) as {
    view?: { state: object }
  }
  expect(renamed?.state).toEqual({ values: { other: { in: { type: 'plain_text_input', value: null } } } })
})

test('a name of the bot’s own is given to one open form only', async () => {
  await open(form({ external_id: 'declare/1' }))
  expect(await refusalOf(push(form({ external_id: 'declare/1' })))).toBe('duplicate_external_id')
  await slack.web.apiCall('views.update', {
    external_id: 'declare/1',
    view: form({ external_id: 'declare/1', title: plain('Found') }),
  })
  expect(ana.modal()?.title).toBe('Found')
})

test('closing is told only where it was asked for', async () => {
  await open()
  await ana.closeModal()
  expect(payloads().filter(({ type }) => type === 'view_closed')).toEqual([])
  await open(form({ notify_on_close: true, clear_on_close: true }))
  await ana.closeModal()
  expect(payloads().at(-1)).toMatchObject({ type: 'view_closed', is_cleared: true, view: { callback_id: 'declare' } })
  await expect(ana.closeModal()).rejects.toThrow('ana has no form open')
})

test('what was typed goes along when a button in the form is pressed', async () => {
  const button = { type: 'actions', elements: [{ type: 'button', text: plain('More'), action_id: 'more' }] }
  await open(form({ blocks: [title, button] }))

  await ana.clickInModal('More', undefined, { 'What is wrong?': 'search' })

  expect(payloads().at(-1).view.state.values).toMatchObject({ title: { in: { value: 'search' } } })
})

test('a button in a form tells the bot, an input only where it was asked to', async () => {
  const button = { type: 'actions', elements: [{ type: 'button', text: plain('More'), action_id: 'more' }] }
  await open(form({ blocks: [title, { ...severity, dispatch_action: true }, button] }))
  const actions = () => payloads().filter(({ type }) => type === 'block_actions')
  await ana.clickInModal('What is wrong?', 'search')
  expect(actions()).toEqual([])
  await ana.clickInModal('Severity', 'P1')
  await ana.clickInModal('More')
  expect(actions().map((payload) => payload.actions[0].action_id)).toEqual(['in', 'more'])
  expect(actions().at(-1).view.state.values).toMatchObject({
    title: { in: { value: 'search' } },
    severity: { in: { selected_option: { value: 'p1' } } },
  })
})
