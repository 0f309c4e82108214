import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Given } from '../../core/decision.ts'
import { isRefusal } from '../../core/decision.ts'
import { decide } from './decide.ts'
import { type Command, currentStep, type Event, escalationOf, isOver, type Policy, type Run } from './domain.ts'
import { evolve } from './evolve.ts'
import type { StepBlock } from './runbook.ts'

const now = new Date('2026-11-20T10:00:00Z')
const ana: Given<Policy> = {
  id: 'r1',
  now,
  actor: { kind: 'person', id: 'U1' },
  policy: { teams: ['platform'], databases: [] },
}
const ben: Given<Policy> = { ...ana, actor: { kind: 'person', id: 'U2' } }
const outside: Given<Policy> = { ...ana, actor: { kind: 'tocsin', what: 'outbox' } }
const query: StepBlock = { kind: 'query', promql: 'up', forMinutes: 60 }
const ask: StepBlock = {
  kind: 'ask',
  choices: [
    { answer: 'Yes', goTo: 'mitigation-1' },
    { answer: 'No', goTo: 'Escalate' },
  ],
}
const step = (id: string, section: string, block: StepBlock | null = null, missing: string[] = []) => ({
  id,
  section,
  words: id,
  block,
  missing,
})
const opening = {
  type: 'run.start',
  incident: '42',
  isPrivate: false,
  isDrill: false,
  place: 'incidents/42/channel',
  name: 'high-latency',
  title: 'High latency',
  reviewedAt: null,
  isStale: true,
  meaning: '',
  steps: [
    step('diagnosis-1', 'Diagnosis', query),
    step('diagnosis-2', 'Diagnosis', ask),
    step('mitigation-1', 'Mitigation', query, ['labels.x']),
    step('escalate-1', 'Escalate'),
  ],
} as const satisfies Command

function play(...commands: [Command, Given<Policy>?][]): { run: Run; refused: string | null } {
  let run: Run | null = null
  let refused: string | null = null
  for (const [command, given = ana] of [[opening] as [Command], ...commands]) {
    const decision = decide(run, command, given)
    refused = isRefusal(decision) ? String(decision.refused) : null
    if (!isRefusal(decision)) for (const event of decision as readonly Event[]) run = evolve(run, event)
  }
  if (!run) throw new Error('nothing was started')
  return { run, refused }
}
const done = (id: string): [Command] => [{ type: 'run.finishStep', step: id, as: 'done', note: '' }]
const states = (run: Run) => run.steps.map(({ state }) => state).join(' ')

test('one step is open at a time; when it is done the next one opens', () => {
  expect(states(play().run)).toBe('open waiting waiting waiting')
  const { run } = play(done('diagnosis-1'))
  expect(states(run)).toBe('done open waiting waiting')
  expect(run.steps[0]).toMatchObject({ by: 'U1', at: now.toISOString() })
})

test('what a step saw is kept on it, and it stays open until somebody judges', () => {
  const seen = { outcome: 'ok', summary: 'one series', series: [] } as const
  const { run } = play(
    [{ type: 'run.runStep', step: 'diagnosis-1' }],
    [{ type: 'run.see', step: 'diagnosis-1', observed: seen }, outside],
  )
  expect(run.steps[0]).toMatchObject({ state: 'open', seen, by: 'U1' })
})

test('an answer leads on: what lies between is skipped, and says why', () => {
  const { run } = play(done('diagnosis-1'), [{ type: 'run.answer', step: 'diagnosis-2', answer: 'No' }])
  expect(states(run)).toBe('done done skipped open')
  expect(run.steps[2]?.note).toBe('not this way: No')
})

test('two people press at once: the second is told who was first', () => {
  const first = play(done('diagnosis-1')).run
  expect(decide(first, ...([done('diagnosis-1')[0], ben] as const))).toEqual({
    refused: 'step-over',
    details: { by: 'U1', state: 'done' },
  })
})

test('a step that failed leads to where help is called, past everything between', () => {
  const { run } = play([{ type: 'run.finishStep', step: 'diagnosis-1', as: 'failed', note: 'no data' }])
  expect(escalationOf(run)?.id).toBe('escalate-1')
  const after = play(
    [{ type: 'run.finishStep', step: 'diagnosis-1', as: 'failed', note: 'no data' }],
    [{ type: 'run.escalate' }],
  ).run
  expect(states(after)).toBe('failed skipped skipped open')
  expect(escalationOf(after)).toBeNull()
})

test('its own section goes first, when it says itself whom to call', () => {
  const page: StepBlock = { kind: 'page', team: 'platform', message: '' }
  const steps = [...opening.steps.slice(0, 2), step('diagnosis-3', 'Diagnosis', page), ...opening.steps.slice(2)]
  const failed: Command = { type: 'run.finishStep', step: 'diagnosis-1', as: 'failed', note: '' }
  const decided = [{ ...opening, steps } as Command, failed].reduce<Run | null>((run, command) => {
    const events = decide(run, command, ana) as readonly Event[]
    return events.reduce<Run | null>(evolve, run)
  }, null)
  expect(decided && escalationOf(decided)?.id).toBe('diagnosis-3')
})

test('what is heard of an action that waits keeps its step running, and the end of it opens the step again', () => {
  const saw = (summary: string, isWaiting: boolean): [Command, Given<Policy>] => [
    { type: 'run.see', step: 'diagnosis-1', observed: { outcome: 'unknown', summary, series: [] }, isWaiting },
    outside,
  ]
  expect(states(play(saw('A-1 waits for approval', true)).run)).toBe('running waiting waiting waiting')
  expect(states(play(saw('A-1 waits for approval', true), saw('A-1 worked', false)).run)).toBe(
    'open waiting waiting waiting',
  )
})

test('what goes into the timeline says which runbook and step it was, what was seen, and who was on it', () => {
  const seen = {
    outcome: 'ok',
    summary: 'one series',
    series: [{ labels: 'job=api', value: 0.91, points: [] }],
  } as const
  const run = play(
    [{ type: 'run.take', step: 'diagnosis-1' }],
    [{ type: 'run.see', step: 'diagnosis-1', observed: seen }, outside],
  ).run
  expect(decide(run, done('diagnosis-1')[0], ben)).toMatchObject([
    {
      incident: '42',
      runbook: 'High latency',
      number: 1,
      what: 'diagnosis-1',
      output: '0.91 (job=api)',
      assignee: 'U1',
    },
  ])
})

test('the run is over with its last step, and a late echo changes nothing', () => {
  const all = [done('diagnosis-1'), done('diagnosis-2'), done('mitigation-1'), done('escalate-1')]
  const { run } = play(...all)
  expect(run).toMatchObject({ status: 'finished', endedAt: now.toISOString() })
  expect(decide(run, { type: 'run.giveUp', step: 'diagnosis-1', code: 'x' }, outside)).toEqual([])
})

test.each<[string, [Command, Given<Policy>?][], string]>([
  ['a step that is not there', [done('nowhere')], 'no-such-step'],
  ['a step before its turn', [done('escalate-1')], 'step-not-open'],
  ['a second start', [[opening]], 'already-started'],
  [
    'running a step that only asks',
    [done('diagnosis-1'), [{ type: 'run.runStep', step: 'diagnosis-2' }]],
    'cannot-run',
  ],
  [
    'running a step twice at once',
    [[{ type: 'run.runStep', step: 'diagnosis-1' }], [{ type: 'run.runStep', step: 'diagnosis-1' }]],
    'step-runs',
  ],
  [
    'running a step whose label the alert does not have',
    [
      done('diagnosis-1'),
      [{ type: 'run.answer', step: 'diagnosis-2', answer: 'Yes' }],
      [{ type: 'run.runStep', step: 'mitigation-1' }],
    ],
    'value-missing',
  ],
  [
    'skipping without a reason',
    [[{ type: 'run.finishStep', step: 'diagnosis-1', as: 'skipped', note: '' }]],
    'reason-missing',
  ],
  [
    'an answer that was not offered',
    [done('diagnosis-1'), [{ type: 'run.answer', step: 'diagnosis-2', answer: 'Perhaps' }]],
    'no-such-answer',
  ],
  ['escalating when nothing failed', [[{ type: 'run.escalate' }]], 'nothing-to-escalate'],
  ['anything after the end', [[{ type: 'run.stop', reason: '' }], done('diagnosis-1')], 'run-is-over'],
])('%s is refused', (_what, commands, refused) => {
  expect(play(...commands).refused).toBe(refused)
})

test.each([
  ['in a drill nobody is woken', { isDrill: true }, 'platform', 'drill'],
  ['a team that is no more cannot be called', {}, 'gone', 'no-such-team'],
])('%s', (_what, change, team, refused) => {
  const steps = [step('escalate-1', 'Escalate', { kind: 'page', team, message: '' })]
  const events = decide(null, { ...opening, ...change, steps }, ana) as readonly Event[]
  const run = events.reduce<Run | null>(evolve, null)
  expect(decide(run, { type: 'run.runStep', step: 'escalate-1' }, ana)).toMatchObject({ refused })
})

test('an answer may say the whole way: what does not lie on it is passed over at once', () => {
  const block: StepBlock = {
    kind: 'ask',
    choices: [
      { answer: 'A release', goTo: 'mitigation-1', onward: ['mitigation-3', 'Verify'] },
      { answer: 'The rest', goTo: 'mitigation-2', onward: ['end'] },
    ],
  }
  const mitigations = ['mitigation-1', 'mitigation-2', 'mitigation-3', 'mitigation-4']
  const steps = [
    step('diagnosis-1', 'Diagnosis', block),
    ...mitigations.map((id) => step(id, 'Mitigation')),
    step('verify-1', 'Verify'),
  ]
  const begun = (decide(null, { ...opening, steps }, ana) as readonly Event[]).reduce<Run | null>(evolve, null)
  const answered = (answer: string) => {
    const events = decide(begun, { type: 'run.answer', step: 'diagnosis-1', answer }, ana) as readonly Event[]
    return events.reduce<Run | null>(evolve, begun)
  }
  expect(
    answered('A release')
      ?.steps.map(({ state }) => state)
      .join(' '),
  ).toBe('done open skipped waiting skipped waiting')
  expect(
    answered('The rest')
      ?.steps.map(({ state }) => state)
      .join(' '),
  ).toBe('done skipped open skipped skipped skipped')
})

const leave = (because: 'closed' | 'merged' = 'closed'): [Command, Given<Policy>] => [
  { type: 'run.leave', because },
  outside,
]

test('a run is left with its incident, takes no more steps, and goes on where it stood when the incident does', () => {
  const left = play(done('diagnosis-1'), leave())
  expect(left.run).toMatchObject({ status: 'left', endedAt: now.toISOString() })
  expect(currentStep(left.run)).toBeNull()
  expect(play(done('diagnosis-1'), leave(), done('diagnosis-2')).refused).toBe('run-is-left')
  const back = play(done('diagnosis-1'), leave(), leave('merged'), [{ type: 'run.goOn' }, outside]).run
  expect(back).toMatchObject({ status: 'running', endedAt: null })
  expect(currentStep(back)?.id).toBe('diagnosis-2')
})

test('what was waited for is waited for no more when the run is left, and an action goes its own way', () => {
  const wait: StepBlock = { kind: 'wait', milliseconds: 60_000 }
  const action: StepBlock = { kind: 'action', action: 'rollback', target: 'checkout', parameters: {} }
  const left = (block: StepBlock) => {
    const commands: Command[] = [
      { ...opening, steps: [step('only-1', 'Mitigation', block)] },
      { type: 'run.runStep', step: 'only-1' },
      { type: 'run.leave', because: 'canceled' },
      { type: 'run.see', step: 'only-1', observed: { outcome: 'ok', summary: 'A-1 worked', series: [] } },
    ]
    return commands.reduce<Run | null>((run, command) => {
      const decision = decide(run, command, ana)
      return isRefusal(decision) ? run : (decision as readonly Event[]).reduce<Run | null>(evolve, run)
    }, null)
  }
  expect(left(wait)?.steps[0]).toMatchObject({ state: 'open' })
  expect(left(action)?.steps[0]).toMatchObject({ state: 'open', seen: { summary: 'A-1 worked' } })
})

test('a stopped or finished run does not go on when its incident is reopened', () => {
  const stopped = play([{ type: 'run.stop', reason: '' }], leave(), [{ type: 'run.goOn' }])
  expect(stopped.run.status).toBe('stopped')
})

test.each([
  ['its own template is published', 'incident-resolved', 'published', 'finished', 'done'],
  ['other words are published', 'incident-update', 'published', 'running', 'open'],
  ['it waits to be read', 'incident-resolved', 'waiting', 'running', 'running'],
  ['it is discarded', 'incident-resolved', 'discarded', 'running', 'open'],
] as const)('of a message to clients a step hears that %s', (_what, moment, became, status, state) => {
  const asks = {
    ...opening,
    steps: [step('communicate-1', 'Communicate', { kind: 'comms', template: 'incident-resolved' })],
  }
  const run = (decide(null, asks, ana) as readonly Event[]).reduce<Run | null>(evolve, null)
  const heard = { outcome: 'ok', summary: 'Message 42.1', became } as const
  const events = decide(run, { type: 'run.hearOfClients', moment, heard }, ben) as readonly Event[]
  const after = events.reduce<Run | null>(evolve, run)
  expect(after).toMatchObject({ status, steps: [{ state }] })
  if (state === 'done') expect(after?.steps[0]).toMatchObject({ by: 'U2', note: 'Message 42.1' })
})

test('whatever is pressed in whatever order, one step at most is current and a run that is not over has one', () => {
  const id = fc.constantFrom('diagnosis-1', 'diagnosis-2', 'mitigation-1', 'escalate-1')
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({
      type: fc.constant('run.finishStep' as const),
      step: id,
      as: fc.constantFrom('done', 'skipped', 'failed'),
      note: fc.constantFrom('', 'why'),
    }),
    fc.record({ type: fc.constant('run.runStep' as const), step: id }),
    fc.record({ type: fc.constant('run.answer' as const), step: id, answer: fc.constantFrom('Yes', 'No', '?') }),
    fc.record({ type: fc.constant('run.giveUp' as const), step: id, code: fc.constant('x') }),
    fc.record({ type: fc.constant('run.waitIsOver' as const), step: id }),
    fc.record({ type: fc.constant('run.letGo' as const), step: id }),
    fc.record({
      type: fc.constant('run.leave' as const),
      because: fc.constantFrom('closed' as const, 'merged' as const),
    }),
    fc.record({ type: fc.constantFrom('run.goOn' as const, 'run.callOff' as const) }),
    fc.constant<Command>({ type: 'run.escalate' }),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const { run } = play(...commands.map((one): [Command] => [one]))
      const active = run.steps.filter((one) => one.state === 'open' || one.state === 'running')
      expect(active.length).toBe(run.status === 'finished' ? 0 : 1)
      expect(currentStep(run) === null).toBe(run.status === 'left' || run.steps.every(isOver))
    }),
  )
})
