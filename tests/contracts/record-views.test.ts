/** Whatever people write in tasks, updates and timelines, Slack takes the message, and nobody is called by it. */
import { describe, expect, test } from 'vitest'
import type { Block, Message } from '../../src/core/effects.ts'
import type { About, Incident } from '../../src/features/incidents/index.ts'
import type { Board, Task } from '../../src/features/tasks/domain.ts'
import * as tasks from '../../src/features/tasks/views.ts'
import type { Entry } from '../../src/features/timeline/domain.ts'
import { makeRules } from '../../src/features/timeline/rules.ts'
import type { Line } from '../../src/features/timeline/store.ts'
import { pageMessage } from '../../src/features/timeline/views.ts'
import type { Plan } from '../../src/features/updates/domain.ts'
import * as updates from '../../src/features/updates/views.ts'
import { findBlockProblems } from '../../src/simulator/slack/block-rules.ts'
import { exampleConfig, shippedTemplates } from '../support/stage.ts'

const hostile = [
  '<!channel> <!here> <!everyone>',
  '*bold* _it_ ~no~ `code` ```',
  '\u202Egpj.exe\u202C and \u200Bnothing',
  '🔥🔥🔥',
  '</script><script>alert(1)</script> & < >',
  'x'.repeat(3_000),
  '🙂'.repeat(1_500),
  'a\nb\n\n> c\n'.repeat(200),
  '<https://evil.example|click>',
]
const now = new Date('2026-03-02T12:00:00.000Z')
const at = now.toISOString()

function about(title: string): About {
  return {
    title,
    severity: 'P1',
    status: 'investigating',
    lead: 'U0ANA00001',
    communications: null,
    isPrivate: false,
    isReal: true,
    hasChannel: true,
    channelId: 'C0ROOM0001',
    declaredAt: '2026-03-02T12:00:00.000Z',
  }
}

function board(text: string, count: number): Board {
  const task = (number: number): Task => ({
    number,
    kind: number % 2 ? 'task' : 'follow-up',
    text,
    owner: 'U0ANA00001',
    createdBy: null,
    createdAt: at,
    dueAt: at,
    status: 'open',
    closedBy: null,
    closedAt: null,
    remindedCount: 1,
    source: null,
  })
  return { incident: '42', about: about(text), tasks: Array.from({ length: count }, (_, index) => task(index + 1)) }
}

function plan(text: string): Plan {
  const words = { known: text, doing: text, needed: text }
  return {
    incident: '42',
    about: about(text),
    count: 3,
    ...words,
    postedBy: 'U0ANA00001',
    postedAt: at,
    nextAt: at,
    askedCount: 1,
  }
}

function entry(text: string): Entry {
  return {
    id: 'n1',
    incident: '42',
    kind: 'message',
    saidAt: at,
    author: { id: null, name: text },
    text,
    files: [{ name: text, permalink: 'https://example.slack.com/files/F1' }],
    source: { channelId: 'C0ROOM0001', ts: '1.2', permalink: 'https://example.slack.com/p1', isOurs: true },
    notedBy: null,
    notedAt: at,
    status: 'kept',
    deletedAt: null,
    isKeptByHand: true,
    marks: {},
    versions: [],
  }
}

/** Everything that these three features draw, made of one hostile text. */
function messages(text: string): Record<string, Message> {
  const rules = makeRules({
    config: exampleConfig(),
    templates: shippedTemplates(),
    slots: { parts: () => [], questions: async () => [], read: async () => [] },
    publicUrl: () => 'https://tocsin.example',
  } as never)
  const full = board(text, 200)
  const page = { which: 'open' as const, from: 50, person: 'U0ANA00001', now }
  const incident = {
    id: '42',
    title: text,
    status: 'investigating',
    cardFacts: { tasks: tasks.cardFacts(full, now), updates: updates.cardFacts(plan(text), now) },
  } as unknown as Incident
  const lines: Line[] = Array.from({ length: 12 }, (_, position) => ({
    from: 'entry',
    position,
    at,
    incident: '42',
    entry: { ...entry(text), id: `n${position}` },
  }))
  const drawn = (blocks: readonly Block[]): Message => ({ text: 'x', blocks })
  return {
    task: tasks.taskMessage('42', full.tasks[0] as Task, (words) => words),
    'list of tasks': tasks.listMessage(full, page),
    'tasks on the card': drawn([
      ...tasks.cardPart(incident),
      { type: 'actions', elements: tasks.cardButton(incident) },
    ]),
    'tasks at home': drawn(
      tasks.homePart(full.tasks.slice(0, 10).map((task) => ({ incident: '42', about: full.about, task }))),
    ),
    'question at resolve': drawn([{ type: 'section', text: { type: 'mrkdwn', text: tasks.gateQuestion(full.tasks) } }]),
    'update inside': updates.updateMessage(plan(text), 'inside'),
    'update outside': updates.updateMessage(plan(text), 'outside'),
    'update on the card': drawn(updates.cardPart(incident)),
    'update on the announcement': drawn([
      { type: 'section', text: { type: 'mrkdwn', text: updates.announcementPart(incident).join('\n') } },
    ]),
    'updates at home': drawn(updates.homePart([plan(text)], now)),
    'page of the timeline': pageMessage(incident, { lines, hasOlder: true, hasNewer: true }, rules),
  }
}

describe.each(hostile.map((text) => ({ text, name: JSON.stringify(text.slice(0, 20)) })))('$name', ({ text }) => {
  test.each(Object.entries(messages(text)))('%s is taken by Slack, and calls nobody', (_name, message) => {
    expect(findBlockProblems(message.blocks ?? [], 'message')).toEqual([])
    expect(message.text.length).toBeLessThan(4_000)
    expect([message.text, ...markupIn(message.blocks)].join('\n')).not.toMatch(
      /<!(channel|here|everyone)|<https:\/\/evil/,
    )
  })
})

/** Every text that Slack reads as markup; plain text calls nobody. */
function markupIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(markupIn)
  if (typeof part !== 'object' || part === null) return []
  if ('type' in part && part.type === 'mrkdwn' && 'text' in part) return [String(part.text)]
  return Object.values(part).flatMap(markupIn)
}
