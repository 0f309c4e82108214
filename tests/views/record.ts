/** All that timelines, tasks, updates and escalation draw, of one text. */
import type { Message } from '../../src/core/effects.ts'
import { escalation } from '../../src/features/escalation/index.ts'
import type { About } from '../../src/features/incidents/index.ts'
import type { Board, Task } from '../../src/features/tasks/domain.ts'
import * as taskForms from '../../src/features/tasks/forms.ts'
import * as tasks from '../../src/features/tasks/views.ts'
import type { Entry } from '../../src/features/timeline/domain.ts'
import * as timelineForms from '../../src/features/timeline/forms.ts'
import { makeRules } from '../../src/features/timeline/rules.ts'
import type { Line } from '../../src/features/timeline/store.ts'
import { pageMessage } from '../../src/features/timeline/views.ts'
import { readIn } from '../../src/features/updates/catchup.ts'
import type { Plan } from '../../src/features/updates/domain.ts'
import { updateForm } from '../../src/features/updates/posting.ts'
import * as updates from '../../src/features/updates/views.ts'
import type { Views } from '../support/golden.ts'
import { ana, at, ben, ground, incident, now } from './ground.ts'

function about(title: string): About {
  return {
    title,
    severity: 'P1',
    status: 'investigating',
    lead: ana,
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
    text: text.slice(0, 500),
    owner: ana,
    createdBy: null,
    createdAt: at,
    dueAt: at,
    status: 'open',
    closedBy: null,
    closedAt: null,
    remindedCount: 1,
    source: null,
    isLeftForLater: false,
  })
  return { incident: '42', about: about(text), tasks: Array.from({ length: count }, (_, index) => task(index + 1)) }
}

function plan(text: string): Plan {
  const part = text.slice(0, 2_000)
  const words = { known: part, doing: part, needed: part }
  return {
    incident: '42',
    about: about(text),
    count: 3,
    ...words,
    postedBy: ana,
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

/** What these features keep on the card of an incident. */
export function cardFactsOf(text: string): Record<string, unknown> {
  return {
    tasks: tasks.cardFacts(board(text, 200), now),
    updates: updates.cardFacts(plan(text), now),
    escalation: { acknowledgedBy: ben, acknowledgedAt: at, via: 'pagerduty' },
  }
}

export function timelineViews(text: string): Views {
  const rules = makeRules(ground)
  const lines: Line[] = Array.from({ length: 12 }, (_, position) => ({
    from: 'entry',
    position,
    at,
    incident: '42',
    entry: { ...entry(text), id: `n${position}` },
  }))
  const happened: Line = {
    from: 'journal',
    position: 13,
    at,
    type: 'incident.severityChanged',
    event: { from: 'P3', to: 'P1', reason: text, by: ana },
    actor: { kind: 'person', id: ana },
    incident: '42',
  }
  const gone = { ...entry(text), deletedAt: at }
  const version = { text, saidAt: at, until: at, by: ana, why: 'corrected' as const }
  const source = { channelId: 'C0GENERAL1', ts: '1.2', permalink: 'https://example.slack.com/p1', isOurs: false }
  const said = { saidAt: at, author: { id: ana, name: 'ana' }, text, files: [], source }
  return {
    'page in the middle': pageMessage(incident(text), { lines, hasOlder: true, hasNewer: true }, rules),
    'what happened, and what was deleted': pageMessage(
      incident(text),
      {
        lines: [happened, { from: 'entry', position: 1, at, incident: '42', entry: gone }],
        hasOlder: false,
        hasNewer: false,
      },
      rules,
    ),
    'page of nothing': pageMessage(incident(text), { lines: [], hasOlder: false, hasNewer: false }, rules),
    'form: note': timelineForms.openNoteForm('42'),
    'form: keep': timelineForms.openKeepForm(said, [{ id: '42', text }]),
    'form: correct': timelineForms.openCorrectForm({ ...entry(text), versions: [version, version] }),
  }
}

export function taskViews(text: string): Views {
  const full = board(text, 200)
  const [task] = full.tasks
  if (!task) throw new Error('the board is empty')
  const page = { which: 'open' as const, from: 50, person: ana, now }
  const show = (more: Partial<Task>): Message => tasks.taskMessage('42', { ...task, ...more }, (words) => words)
  const source = { channelId: 'C0GENERAL1', ts: '1.2', permalink: 'https://example.slack.com/p1' }
  return {
    'a task that is late': show({}),
    'a follow-up of nobody': show({ kind: 'follow-up', owner: null, dueAt: null, remindedCount: 0, source }),
    'a task that is done': show({ status: 'done', closedBy: ben }),
    'a task that is not needed': show({ status: 'dropped', closedBy: ben }),
    'list in the middle': tasks.listMessage(full, page),
    'list of nothing': tasks.listMessage({ ...full, tasks: [] }, page),
    'App Home': {
      home: tasks.homePart(full.tasks.slice(0, 10).map((one) => ({ incident: '42', about: full.about, task: one }))),
    },
    'question before the end': { text: tasks.gateQuestion(full.tasks) },
    'form: add': taskForms.openAddForm(null, [{ id: '42', text }], { kind: 'follow-up', text, source }),
    'form: change': taskForms.openChangeForm('42', task),
  }
}

export function updateViews(text: string): Views {
  const given = plan(text)
  const { known, doing, needed } = given
  const posted = {
    type: 'update.posted',
    incident: '42',
    number: 3,
    words: { known, doing, needed },
    nextAt: at,
    by: ana,
    at,
  } as const
  const about = { incident: '42', title: text.slice(0, 150), isOver: false, cadence: 'At P2, every 1 h.' }
  return {
    'in its channel': updates.updateMessage(given, 'inside'),
    'for everybody': updates.updateMessage(given, 'outside'),
    'asked for': updates.askMessage('42', 'The update was promised.'),
    'App Home': { home: updates.homePart([given], now) },
    'for a hand-over': { text: updates.promiseLines([given], now).join('\n') },
    'read-in': readIn(incident(text, { lead: ana, roles: { communications: ben } }), {
      updates: [posted, posted, posted],
      tasks: board(text, 20).tasks,
      happened: Array.from({ length: 6 }, () => '• happened'),
      nextAt: at,
    }),
    'read-in of nothing': readIn(incident(text), { updates: [], tasks: [], happened: [], nextAt: null }),
    'form: post': updateForm.open(about, { known, doing, needed, next: '30' }),
  }
}

export function escalationViews(text: string): Views {
  const given = incident(text, { cardFacts: cardFactsOf(text) })
  const filled = (name: string) =>
    (escalation.fills ?? [])
      .filter((filling) => filling.name === name)
      .flatMap((filling) => filling.parts?.(given) ?? [])
  const buttons = { type: 'actions', elements: filled('incidents.cardButtons') }
  return { 'on the card': { text: '', blocks: [...filled('incidents.cardParts'), buttons] as never } }
}
