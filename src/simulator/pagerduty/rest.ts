/** PagerDuty's REST API as far as Tocsin asks it: who is on call, notes, priorities, responders. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { OnDuty, Page, PagerDutyUser } from '../types.ts'

export interface RestAnswer {
  status: number
  body: unknown
}

export interface RestRoute {
  /** Under which faults are injected and calls are listed. */
  name: string
  answer(request: RestRequest): RestAnswer
}

export interface RestRequest {
  path: string
  query: URLSearchParams
  /** The e-mail address in the From header. */
  from: string | null
  body: unknown
}

export const users: readonly PagerDutyUser[] = [
  { id: 'PANA001', name: 'Ana Ferreira', email: 'ana@example.com', phone: '555 0101' },
  { id: 'PBEN002', name: 'Ben Okafor', email: 'ben@example.com', phone: '555 0102' },
  { id: 'PDMI004', name: 'Dmitri Volkov', email: 'dmitri@example.com', phone: '555 0104' },
  { id: 'PEVA005', name: 'Eva Lind', email: 'eva@example.com', phone: '555 0105' },
]

export const firstDuty: readonly OnDuty[] = [
  { policy: 'PPLATFORM', schedule: 'PSCHEDULE', level: 1, user: 'PBEN002' },
  { policy: 'PPLATFORM', schedule: null, level: 2, user: 'PDMI004' },
]

export const priorities = ['P1', 'P2', 'P3', 'P4'].map((name) => ({
  id: `PPRIO${name}`,
  type: 'priority',
  name,
  summary: name,
}))
const limitMax = 100
const notFound: RestAnswer = refusal(404, 2100, 'Not Found')

export function restRoutes(world: { pages: Page[]; duty: OnDuty[]; clock: Clock; changed(): void }) {
  const { pages, duty, clock, changed } = world
  const incidentAt = (path: string) => pages.find(({ id }) => id === path.split('/')[1])

  const routes: [RegExp, RestRoute][] = [
    [/^GET oncalls$/, { name: 'oncalls', answer: ({ query }) => ({ status: 200, body: onCallsBody(query) }) }],
    [
      /^GET users$/,
      {
        name: 'users',
        answer: ({ query }) =>
          listOf('users', users.filter(({ email }) => email.includes(query.get('query') ?? '')).map(userBody)),
      },
    ],
    [/^GET users\/[^/]+\/contact_methods$/, { name: 'contact_methods', answer: ({ path }) => contactMethods(path) }],
    [/^GET (?:escalation_policies|schedules)\/[^/]+$/, { name: 'named', answer: ({ path }) => namedThere(path) }],
    [/^GET priorities$/, { name: 'priorities', answer: () => listOf('priorities', priorities) }],
    [
      /^GET incidents$/,
      {
        name: 'incidents',
        answer: ({ query }) => listOf('incidents', incidentsAsked(query)),
      },
    ],
    [
      /^GET incidents\/[^/]+$/,
      { name: 'incident', answer: ({ path }) => found(incidentAt(path), (page) => ({ incident: incidentBody(page) })) },
    ],
    [/^PUT incidents\/[^/]+$/, { name: 'incident', answer: (request) => inNameOf(request, () => update(request)) }],
    [
      /^GET incidents\/[^/]+\/notes$/,
      { name: 'notes', answer: ({ path }) => found(incidentAt(path), ({ notes }) => ({ notes: notes.map(noteBody) })) },
    ],
    [/^POST incidents\/[^/]+\/notes$/, { name: 'notes', answer: (request) => inNameOf(request, () => note(request)) }],
    [
      /^POST incidents\/[^/]+\/responder_requests$/,
      { name: 'responder_requests', answer: (request) => inNameOf(request, () => invite(request)) },
    ],
  ]

  /** The oldest come first unless it is said otherwise. */
  function incidentsAsked(query: URLSearchParams) {
    const meant = pages.filter(
      ({ key, status }) => key === query.get('incident_key') && query.getAll('statuses[]').includes(status),
    )
    const sorted = query.get('sort_by') === 'created_at:desc' ? meant.toReversed() : meant
    const isWhole = query.getAll('include[]').includes('acknowledgers')
    return sorted.slice(0, Number(query.get('limit') ?? limitMax)).map((page) => incidentBody(page, isWhole))
  }

  function onCallsBody(query: URLSearchParams) {
    const [policies, schedules] = [query.getAll('escalation_policy_ids[]'), query.getAll('schedule_ids[]')]
    const meant = duty.filter(
      ({ policy, schedule }) =>
        (policies.length === 0 || policies.includes(policy)) &&
        (schedules.length === 0 || (schedule !== null && schedules.includes(schedule))),
    )
    const oncalls = meant.flatMap(({ policy, schedule, level, user: id }) => {
      const user = users.find((one) => one.id === id)
      if (!user) return []
      const start = clock.now().toISOString()
      const end = schedule === null ? null : new Date(clock.now().getTime() + 7 * 86_400_000).toISOString()
      return [
        {
          user: userBody(user),
          schedule: schedule === null ? null : reference(schedule, 'schedule', 'Platform rotation'),
          escalation_policy: reference(policy, 'escalation_policy', 'Platform'),
          escalation_level: level,
          start: schedule === null ? null : start,
          end,
        },
      ]
    })
    return { oncalls, limit: limitMax, offset: 0, more: false, total: null }
  }

  function namedThere(path: string): RestAnswer {
    const [kind, id] = path.split('/')
    if (kind === 'schedules')
      return found(
        duty.find(({ schedule }) => schedule === id),
        () => ({ schedule: { id, type: 'schedule', name: 'Platform rotation', time_zone: 'Europe/Lisbon' } }),
      )
    const targets = duty.filter(({ policy }) => policy === id).map(({ user }) => ({ id: user, type: 'user_reference' }))
    const rule = { id: 'PRULE', escalation_delay_in_minutes: 10, targets }
    return found(
      duty.find(({ policy }) => policy === id),
      () => ({ escalation_policy: { id, type: 'escalation_policy', name: 'Platform', escalation_rules: [rule] } }),
    )
  }

  function update({ path, body }: RestRequest): RestAnswer {
    return found(incidentAt(path), (page) => {
      const wanted = fieldOf(fieldOf(body, 'incident'), 'priority')
      page.priority = priorities.find(({ id }) => id === fieldOf(wanted, 'id'))?.name ?? page.priority
      changed()
      return { incident: incidentBody(page) }
    })
  }

  function note({ path, body }: RestRequest): RestAnswer {
    const content = fieldOf(fieldOf(body, 'note'), 'content')
    if (typeof content !== 'string') return refusal(400, 2001, 'Invalid Input Provided')
    return found(incidentAt(path), (page) => {
      page.notes.push(content)
      changed()
      return { note: noteBody(content) }
    })
  }

  function invite({ path, body }: RestRequest): RestAnswer {
    const [message, targets] = [fieldOf(body, 'message'), fieldOf(body, 'responder_request_targets')]
    if (typeof message !== 'string' || !Array.isArray(targets)) return refusal(400, 2001, 'Invalid Input Provided')
    if (!users.some(({ id }) => id === fieldOf(body, 'requester_id'))) return refusal(400, 2001, 'Requester is unknown')
    return found(incidentAt(path), (page) => {
      const ids = targets.map((target) => String(fieldOf(fieldOf(target, 'responder_request_target'), 'id')))
      page.requests.push({ message, targets: ids })
      changed()
      return { responder_request: { message, requested_at: clock.now().toISOString() } }
    })
  }

  return (method: string, path: string): RestRoute | undefined =>
    routes.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1]
}

/** What is changed there is changed in the name of one of its users. */
function inNameOf({ from }: RestRequest, change: () => RestAnswer): RestAnswer {
  return users.some(({ email }) => email === from) ? change() : refusal(400, 2002, 'The From header names no user')
}

function contactMethods(path: string): RestAnswer {
  return found(
    users.find(({ id }) => id === path.split('/')[1]),
    ({ id, email, phone }) => ({
      contact_methods: [
        { id: `${id}M`, type: 'email_contact_method', label: 'Work', address: email },
        { id: `${id}P`, type: 'phone_contact_method', label: 'Mobile', address: phone, country_code: 351 },
      ],
    }),
  )
}

function found<One>(one: One | undefined, body: (one: One) => unknown): RestAnswer {
  return one === undefined ? notFound : { status: 200, body: body(one) }
}

function listOf(name: string, all: readonly unknown[]): RestAnswer {
  return { status: 200, body: { [name]: all, limit: limitMax, offset: 0, more: false, total: null } }
}

export function incidentUrl(id: string): string {
  return `https://simulator.pagerduty.com/incidents/${id}`
}

function incidentBody({ id, summary, status, priority, requests, at, acknowledgedBy }: Page, isWhole = false) {
  const acknowledger = users.find((user) => user.id === acknowledgedBy)
  return {
    id,
    type: 'incident',
    incident_number: Number(id.slice(1)),
    // It was made of an alert, which has the key; it is found by it all the same.
    incident_key: null,
    title: summary,
    status,
    html_url: incidentUrl(id),
    created_at: at.toISOString(),
    priority: priorities.find(({ name }) => name === priority) ?? null,
    acknowledgements:
      acknowledger && status === 'acknowledged'
        ? [
            {
              at: at.toISOString(),
              acknowledger: isWhole ? userBody(acknowledger) : reference(acknowledger.id, 'user', acknowledger.name),
            },
          ]
        : [],
    responder_requests: requests.map(({ message }) => ({ message })),
  }
}

function noteBody(content: string) {
  return { id: randomUUID(), content }
}

function userBody({ id, name, email }: PagerDutyUser) {
  return { id, type: 'user', summary: name, name, email, time_zone: 'Europe/Lisbon' }
}

function reference(id: string, type: string, summary: string) {
  return { id, type: `${type}_reference`, summary }
}

function refusal(status: number, code: number, message: string): RestAnswer {
  return { status, body: { error: { message, code, errors: [] } } }
}

function fieldOf(value: unknown, name: string): unknown {
  return value instanceof Object && name in value ? (value as Record<string, unknown>)[name] : undefined
}
