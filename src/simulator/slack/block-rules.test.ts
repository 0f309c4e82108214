import { expect, test } from 'vitest'
import { findBlockProblems, findViewProblems, isTooLong, isViewTooLarge } from './block-rules.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const letters = (count: number) => 'x'.repeat(count)
const times = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })
const option = (index: number, text = `Option ${index}`) => ({ text: plain(text), value: `v${index}` })
const options = (count: number) => times(count, (index) => option(index))
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('Name'), element, ...more })
const select = (more: object) => ({ type: 'static_select', action_id: 'a', ...more })
const modal = (more: object) => ({ type: 'modal', title: plain('Title'), blocks: [], ...more })

/** What just fits, and the same with one too many. */
const limits: [what: string, make: (size: number) => object, max: number][] = [
  ['the text of a section', (size) => section(letters(size)), 3_000],
  ['a field of a section', (size) => ({ type: 'section', fields: [mrkdwn(letters(size))] }), 2_000],
  ['the fields of a section', (size) => ({ type: 'section', fields: times(size, () => mrkdwn('x')) }), 10],
  ['a header', (size) => ({ type: 'header', text: plain(letters(size)) }), 150],
  ['the elements of a context', (size) => ({ type: 'context', elements: times(size, () => mrkdwn('x')) }), 10],
  ['the elements of actions', (size) => actions(...times(size, (index) => button({ action_id: `a${index}` }))), 25],
  ['the words of a button', (size) => actions(button({ text: plain(letters(size)) })), 75],
  ['the value of a button', (size) => actions(button({ value: letters(size) })), 2_000],
  ['the address of a button', (size) => actions(button({ url: letters(size) })), 3_000],
  ['the name of an action', (size) => actions(button({ action_id: letters(size) })), 255],
  ['the name of a block', (size) => ({ ...section('x'), block_id: letters(size) }), 255],
  ['the options of a menu', (size) => actions(select({ options: options(size) })), 100],
  ['the words of an option', (size) => actions(select({ options: [option(1, letters(size))] })), 75],
  ['the value of an option', (size) => actions(select({ options: [{ text: plain('x'), value: letters(size) }] })), 75],
  [
    'the placeholder of a menu',
    (size) => actions(select({ options: options(1), placeholder: plain(letters(size)) })),
    150,
  ],
  ['the options of an overflow menu', (size) => actions({ type: 'overflow', options: options(size) }), 5],
  ['radio buttons', (size) => actions({ type: 'radio_buttons', options: options(size) }), 10],
  ['checkboxes', (size) => actions({ type: 'checkboxes', options: options(size) }), 10],
  [
    'the title of a confirmation',
    (size) => actions(button({ confirm: { title: plain(letters(size)), text: plain('x') } })),
    100,
  ],
  ['the text of a confirmation', (size) => actions(button({ confirm: { text: mrkdwn(letters(size)) } })), 300],
  [
    'the words to confirm',
    (size) => actions(button({ confirm: { text: plain('x'), confirm: plain(letters(size)) } })),
    30,
  ],
  ['the label of an input', (size) => ({ ...input({ type: 'plain_text_input' }), label: plain(letters(size)) }), 2_000],
  ['the initial text of an input', (size) => input({ type: 'plain_text_input', initial_value: letters(size) }), 3_000],
  ['a markdown block', (size) => ({ type: 'markdown', text: letters(size) }), 12_000],
  [
    'the rows of a table',
    (size) => ({ type: 'table', rows: times(size, () => [{ type: 'raw_text', text: 'x' }]) }),
    100,
  ],
  [
    'the columns of a table',
    (size) => ({ type: 'table', rows: [times(size, () => ({ type: 'raw_text', text: 'x' }))] }),
    20,
  ],
]

test.each(limits)('%s has a limit, and what just fits passes', (_what, make, max) => {
  expect(findBlockProblems([make(max)], 'message')).toEqual([])
  expect(findBlockProblems([make(max + 1)], 'message')).not.toEqual([])
})

const viewLimits: [what: string, make: (size: number) => object, max: number][] = [
  ['the title of a form', (size) => ({ title: plain(letters(size)) }), 24],
  ['its button', (size) => ({ submit: plain(letters(size)) }), 24],
  ['its private metadata', (size) => ({ private_metadata: letters(size) }), 3_000],
  ['its callback id', (size) => ({ callback_id: letters(size) }), 255],
  ['its blocks', (size) => ({ blocks: times(size, () => section('x')) }), 100],
]

test.each(viewLimits)('%s has a limit, and what just fits passes', (_what, make, max) => {
  expect(findViewProblems(modal(make(max)))).toEqual([])
  expect(findViewProblems(modal(make(max + 1)))).not.toEqual([])
})

test('a message takes 50 blocks, App Home 100', () => {
  const many = times(51, () => section('x'))
  expect(findBlockProblems(many.slice(0, 50), 'message')).toEqual([])
  expect(findBlockProblems(many, 'message')).toEqual(['no more than 50 items allowed [json-pointer:/blocks]'])
  expect(
    findBlockProblems(
      times(100, () => section('x')),
      'home',
    ),
  ).toEqual([])
})

test('a refusal says which schema failed, where, and by how much', () => {
  expect(findBlockProblems([section(letters(3_001))], 'message')).toEqual([
    'failed to match all allowed schemas [json-pointer:/blocks/0/text]',
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ])
})

test('text that nobody would see is refused', () => {
  for (const text of ['', '   ', '\n'])
    expect(findBlockProblems([section(text)], 'message')).toContain(
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    )
})

test('a section has text or fields', () => {
  expect(findBlockProblems([{ type: 'section' }], 'message')).toEqual([
    'must have either text or fields [json-pointer:/blocks/0]',
  ])
})

test('two blocks of one message may not share an id, nor two controls of one block', () => {
  const twice = [1, 2].map(() => ({ ...section('x'), block_id: 'same' }))
  expect(findBlockProblems(twice, 'message')).toEqual(['`block_id` already exists [json-pointer:/blocks/1/block_id]'])
  const same = actions(button({ action_id: 'a' }), button({ action_id: 'a' }))
  expect(findBlockProblems([same], 'message')).toEqual([
    '`action_id` already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ])
  expect(
    findBlockProblems([actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))], 'message'),
  ).toEqual([])
})

test('what is not known is refused: a block, an element, a property', () => {
  const wrong = [
    { type: 'bogus' },
    actions({ type: 'lever' }),
    { ...section('x'), colour: 'red' },
    'words',
    { type: 'toString' },
  ]
  for (const block of wrong) expect(findBlockProblems([block], 'message')).not.toEqual([])
  expect(findViewProblems(modal({ submit_disabled: true }))).toEqual([
    'invalid additional property: submit_disabled [json-pointer:/view]',
  ])
})

test('an element stands only where Slack takes it', () => {
  expect(findBlockProblems([actions({ type: 'plain_text_input', action_id: 'a' })], 'message')).not.toEqual([])
  expect(findBlockProblems([input(button())], 'message')).not.toEqual([])
  expect(
    findBlockProblems(
      [{ ...section('x'), accessory: { type: 'image', image_url: 'https://x.example/i.png', alt_text: 'x' } }],
      'message',
    ),
  ).toEqual([])
})

test('a button and a title take plain text only', () => {
  expect(findBlockProblems([actions({ type: 'button', text: mrkdwn('Go') })], 'message')).not.toEqual([])
  expect(findViewProblems(modal({ title: mrkdwn('Title') }))).not.toEqual([])
})

test('a menu has options or groups of them, and begins with one it offers', () => {
  const problemsOf = (more: object) => findBlockProblems([actions(select(more))], 'message')
  expect(problemsOf({})).not.toEqual([])
  expect(problemsOf({ options: options(1), option_groups: [{ label: plain('G'), options: options(1) }] })).not.toEqual(
    [],
  )
  expect(
    problemsOf({ option_groups: [{ label: plain('G'), options: options(2) }], initial_option: option(1) }),
  ).toEqual([])
  expect(problemsOf({ options: options(2), initial_option: option(7) })).not.toEqual([])
})

test('a form with inputs needs a button to send it', () => {
  const blocks = [input({ type: 'plain_text_input', action_id: 'a' })]
  expect(findViewProblems(modal({ blocks }))).toEqual(['missing required field: submit [json-pointer:/view]'])
  expect(findViewProblems(modal({ blocks, submit: plain('Send') }))).toEqual([])
})

test('all letters of a message together have a limit, however many blocks they are spread over', () => {
  const long = times(4, () => section(letters(2_835)))
  expect(isTooLong(long)).toBe(false)
  expect(isTooLong([...long, section('x')])).toBe(true)
})

test('a view of more than 250 KB is too large', () => {
  expect(isViewTooLarge({ x: letters(249_000) })).toBe(false)
  expect(isViewTooLarge({ x: letters(250_000) })).toBe(true)
})

test('rich text is taken apart and checked piece by piece', () => {
  const richText = (piece: object) => [
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [piece] }] },
  ]
  expect(findBlockProblems(richText({ type: 'text', text: 'bold', style: { bold: true } }), 'message')).toEqual([])
  expect(findBlockProblems(richText({ type: 'text', text: 'x', style: { loud: true } }), 'message')).not.toEqual([])
  expect(findBlockProblems(richText({ type: 'marquee', text: 'x' }), 'message')).not.toEqual([])
})

test('a time to begin with is given in seconds', () => {
  const picker = (initial: number) => [input({ type: 'datetimepicker', action_id: 'a', initial_date_time: initial })]
  expect(findBlockProblems(picker(1_790_000_000), 'message')).toEqual([])
  expect(findBlockProblems(picker(1_790_000_000_000), 'message')).not.toEqual([])
})
