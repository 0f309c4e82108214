import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

type Drawn = string | { tag: string; key?: string; props: Record<string, unknown>; children: Drawn[] }

// Browser files carry no types, and are imported by address so that the compiler leaves them alone.
const { mrkdwn }: { mrkdwn(text: string, names: unknown): Drawn[] } = await import(addressOf('mrkdwn.js'))
const { drawBlocks }: { drawBlocks(blocks: unknown, surface: unknown): Drawn[] } = await import(addressOf('blocks.js'))
const { dateWords }: { dateWords(moment: Date, format: string, now: Date): string } = await import(
  addressOf('dates.js')
)

function addressOf(file: string): string {
  return new URL(file, import.meta.url).href
}

const now = new Date(2026, 10, 20, 12, 0)

const names = {
  person: (id: string) => (id === 'U1' ? 'Ana Ferreira' : undefined),
  channel: (id: string) => (id === 'C1' ? { name: 'incidents' } : undefined),
  now,
}

const surface = {
  id: 'message-1',
  page: { state: { openMenu: null, busy: new Set() } },
  names,
  people: [],
  channels: [],
  press: () => {},
  choose: () => {},
  isBusy: () => false,
  error: () => null,
  field: () => null,
}

describe('mrkdwn', () => {
  test.each([
    ['*bold*, _slanted_ and ~gone~', '<b>bold</b>, <i>slanted</i> and <s>gone</s>'],
    ['a_name_with_lines and 2*3*4', 'a_name_with_lines and 2*3*4'],
    ['_<https://example.com/a_b|the_page> broke_', '<i><a>the_page</a> broke</i>'],
    ['`*as it is*` and *`code` in bold*', '<code>*as it is*</code> and <b><code>code</code> in bold</b>'],
    ['one\ntwo', 'one<br></br>two'],
    ['&gt; said\n&gt; twice\nanswered', '<blockquote>said<br></br>twice</blockquote>answered'],
    ['```\nif (a &lt; b) *stop*\n```', '<pre>if (a < b) *stop*</pre>'],
    ['<@U1> in <#C1>, <@U9|ben>', '<span>@Ana Ferreira</span> in <a>#incidents</a>, <span>@ben</span>'],
    ['<!here> and <!subteam^S1|@oncall>', '<span>@here</span> and <span>@oncall</span>'],
    [':rotating_light: at 12:30:45 :no_such_thing:', '🚨 at 12:30:45 :no_such_thing:'],
    ['&lt;b&gt; &amp;amp; <b>', '<b> &amp; b'],
  ])('%j is drawn as Slack draws it', (text, expected) => {
    expect(markup(mrkdwn(text, names)).replace('<span>b</span>', 'b')).toBe(expected)
  })

  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    ' javascript:x',
    '//evil.example',
  ])('a link to %s leads nowhere', (target) => {
    expect(elementsIn(mrkdwn(`<${target}|click>`, names)).map(({ tag }) => tag)).toEqual(['span'])
  })

  test('a date is said in the zone of the reader, and in its own words where it is none', () => {
    const noon = Math.floor(now.getTime() / 1000)

    expect(textOf(mrkdwn(`<!date^${noon}^{date_short_pretty} at {time}|then>`, names))).toMatch(/^today at 12:00/)
    expect(textOf(mrkdwn('<!date^soon^{date}|then>', names))).toBe('then')
  })

  test('whatever is written, only harmless elements come of it', () => {
    fc.assert(fc.property(hostileText, (text) => expectHarmless(mrkdwn(text, names))))
  })

  test('text without any marks comes out letter by letter', () => {
    const plain = fc.stringMatching(/^[\w .,"'()[\]{}=+/\\-]*$/).filter((text) => !text.includes('_'))

    fc.assert(fc.property(plain, (text) => textOf(mrkdwn(text, names)) === text))
  })

  test('a long line of marks is drawn in no time', () => {
    const started = performance.now()

    for (const text of ['*a '.repeat(10_000), '_<a|b>'.repeat(5_000), '<'.repeat(40_000), '`'.repeat(40_001)])
      mrkdwn(text, names)

    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('Block Kit', () => {
  test('a block that the page does not know is shown as it came', () => {
    const [drawn] = drawBlocks([{ type: 'hologram', text: '<b>' }], surface)

    expect(textOf([drawn ?? ''])).toContain('"hologram" block')
    expect(textOf([drawn ?? ''])).toContain('"text": "<b>"')
  })

  test('a block of a broken shape does not keep the others from being drawn', () => {
    const drawn = drawBlocks(
      [{ type: 'actions', elements: 7 }, null, { type: 'header', text: { type: 'plain_text', text: 'Here' } }],
      surface,
    )

    expect(textOf(drawn)).toContain('Here')
  })

  test('whatever a bot sends, only harmless elements come of it', () => {
    fc.assert(
      fc.property(fc.array(anyBlock, { maxLength: 5 }), (blocks) => expectHarmless(drawBlocks(blocks, surface))),
    )
  })

  test('the buttons of a row keep who they are when one of them goes', () => {
    const button = (id: string) => ({ type: 'button', action_id: id, text: { type: 'plain_text', text: id } })
    const keysOf = (ids: string[]) => {
      const drawn = drawBlocks([{ type: 'actions', block_id: 'b', elements: ids.map(button) }], surface)
      return elementsIn(drawn)
        .filter(({ tag }) => tag === 'button')
        .map(({ key }) => key)
    }

    expect(keysOf(['take', 'resolve'])[1]).toBe(keysOf(['resolve'])[0])
  })
})

test('dates are written in the form that was asked for', () => {
  expect(dateWords(now, '{date_num}', now)).toBe('2026-11-20')
  expect(dateWords(new Date(2026, 10, 19), '{date_pretty}', now)).toBe('yesterday')
  expect(dateWords(new Date(2026, 10, 20, 11, 40), '{ago}', now)).toBe('20 minutes ago')
  expect(dateWords(now, '{nonsense}', now)).toBe('{nonsense}')
})

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'*_~`<>|@#!&^:\n ',
        '```',
        '<@U1>',
        '<!date^',
        'javascript:',
        'https://x.example',
        '&lt;',
        '<script>',
        ' onclick=',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

const anyText = fc.oneof(
  fc.record({ type: fc.constantFrom('mrkdwn', 'plain_text'), text: hostileText }),
  fc.constantFrom(null, 7, 'text'),
)

const anyElement = fc.record(
  {
    type: fc.constantFrom(
      'button',
      'image',
      'overflow',
      'static_select',
      'users_select',
      'checkboxes',
      'radio_buttons',
      'datepicker',
      'plain_text_input',
      'datetimepicker',
      'onclick',
    ),
    action_id: hostileText,
    text: anyText,
    url: fc.oneof(hostileText, fc.constant('javascript:alert(1)')),
    image_url: fc.oneof(hostileText, fc.constant('javascript:alert(1)')),
    style: hostileText,
    options: fc.array(fc.record({ text: anyText, value: hostileText }), { maxLength: 3 }),
  },
  { requiredKeys: ['type'] },
)

const anyBlock = fc.record(
  {
    type: fc.constantFrom(
      'header',
      'section',
      'context',
      'actions',
      'input',
      'image',
      'rich_text',
      'table',
      'markdown',
      'divider',
      '<img>',
    ),
    block_id: hostileText,
    text: anyText,
    label: anyText,
    fields: fc.array(anyText, { maxLength: 3 }),
    elements: fc.array(fc.oneof(anyElement, anyText), { maxLength: 3 }),
    element: anyElement,
    accessory: anyElement,
    image_url: fc.constantFrom('javascript:alert(1)', 'https://x.example/a.png', 'data:text/html,x'),
    rows: fc.array(fc.array(anyText, { maxLength: 2 }), { maxLength: 2 }),
  },
  { requiredKeys: ['type'] },
)

const harmlessTags = new Set(
  'a b br blockquote button code details div fieldset figcaption figure h3 hr i img input label legend option p path pre s select small span summary svg table tbody td textarea th thead time tr u ul ol li'.split(
    ' ',
  ),
)

function expectHarmless(drawn: Drawn[]) {
  for (const { tag, props } of elementsIn(drawn)) {
    if (!harmlessTags.has(tag)) throw new Error(`<${tag}> was drawn`)
    if (props.href !== undefined) expect(props.href).toMatch(/^(https?:|mailto:|tel:|#\/channel\/)/i)
    if (props.src !== undefined) expect(props.src).toMatch(/^(https:\/\/|$)/)
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith('on')) expect(typeof value).toBe('function')
      expect(['style', 'srcdoc', 'innerHTML', 'action', 'formaction']).not.toContain(name)
    }
  }
}

function elementsIn(drawn: Drawn[]): Exclude<Drawn, string>[] {
  return drawn.flatMap((one) => (typeof one === 'string' ? [] : [one, ...elementsIn(one.children)]))
}

function textOf(drawn: Drawn[]): string {
  return drawn.map((one) => (typeof one === 'string' ? one : textOf(one.children))).join('')
}

function markup(drawn: Drawn[]): string {
  return drawn
    .map((one) => (typeof one === 'string' ? one : `<${one.tag}>${markup(one.children)}</${one.tag}>`))
    .join('')
}
