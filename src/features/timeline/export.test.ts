/** Golden: the bytes of an export are a promise. */
import { expect, test } from 'vitest'
import { shippedTemplates } from '../../../tests/support/stage.ts'
import type { Incident } from '../incidents/index.ts'
import type { Entry } from './domain.ts'
import { peopleIn, toJson, toMarkdown } from './export.ts'
import type { Rules } from './rules.ts'
import type { Line } from './store.ts'

const rules: Rules = {
  templates: shippedTemplates(),
  announceIn: '#incidents',
  types: [],
  isReaction: () => false,
  mark: null,
}
const incident = { id: '42', title: 'Checkout <returns> 500s' } as Incident
const entry: Entry = {
  id: 'n1',
  incident: '42',
  kind: 'message',
  saidAt: '2026-03-02T12:01:00.000Z',
  author: { id: null, name: 'Zoë of *Acme*' },
  text: '<!channel> rolled back <script>alert(1)</script> with <@U0BEN00002>',
  files: [{ name: 'graph.png', permalink: 'https://example.slack.com/files/F1' }],
  source: { channelId: 'C1', ts: '1.2', permalink: 'https://example.slack.com/p1', isOurs: true },
  notedBy: 'U0ANA00001',
  notedAt: '2026-03-02T12:05:00.000Z',
  status: 'kept',
  deletedAt: null,
  isKeptByHand: false,
  marks: { 'U0ANA00001:pushpin': { isThere: true, at: '1' } },
  versions: [],
}
const lines: Line[] = [
  {
    from: 'journal',
    position: 1,
    at: '2026-03-02T12:00:00.000Z',
    type: 'incident.declared',
    event: { type: 'incident.declared', severity: 'P1', title: 'Checkout <returns> 500s', by: 'U0ANA00001' },
    actor: { kind: 'person', id: 'U0ANA00001' },
    incident: '42',
  },
  { from: 'entry', position: 1, at: entry.saidAt, incident: '42', entry },
  {
    from: 'journal',
    position: 2,
    at: '2026-03-02T12:09:00.000Z',
    type: 'incident.severityChanged',
    event: { type: 'incident.severityChanged' },
    actor: { kind: 'person', id: 'U0ANA00001' },
    incident: '42',
  },
]

test('Markdown: names for people, nothing becomes a tag or a mention, an older release is readable', () => {
  const names = new Map([['U0ANA00001', 'Ana Ferreira']])

  expect([...peopleIn(lines, rules)].toSorted()).toEqual(['U0ANA00001', 'U0BEN00002'])
  expect(toMarkdown(incident, lines, rules, names)).toBe(
    [
      '# INC-42: Checkout &lt;returns> 500s',
      '',
      'Times are in UTC.',
      '',
      '- **2026-03-02 12:00:00** Declared as P1 by @Ana Ferreira: Checkout &lt;returns&gt; 500s',
      '- **2026-03-02 12:01:00** **Zoë of \\*Acme\\***: &lt;!channel&gt; rolled back &lt;script&gt;alert(1)&lt;/script&gt; with @U0BEN00002 [graph.png](https://example.slack.com/files/F1) ([message](https://example.slack.com/p1))',
      '- **2026-03-02 12:09:00** severity changed',
      '',
    ].join('\n'),
  )
})

test('JSON: the same history gives the same bytes, whatever the order of keys; who reacted is not in it', () => {
  const shuffled = JSON.parse(JSON.stringify(lines)).map((line: object) =>
    Object.fromEntries(Object.entries(line).reverse()),
  )

  expect(toJson(incident, shuffled)).toBe(toJson(incident, lines))
  expect(JSON.parse(toJson(incident, lines)).timeline).toHaveLength(3)
  expect(toJson(incident, lines)).not.toContain('pushpin')
})

test('what its author deleted in Slack is in no export, only that there was something', () => {
  const deleted: Line = {
    from: 'entry',
    position: 1,
    at: entry.saidAt,
    incident: '42',
    entry: { ...entry, deletedAt: entry.notedAt },
  }

  expect(toJson(incident, [deleted])).not.toContain('rolled back')
  expect(toMarkdown(incident, [deleted], rules, new Map())).toContain('deleted in Slack by its author')
  expect(toMarkdown(incident, [deleted], rules, new Map())).not.toContain('rolled back')
})
