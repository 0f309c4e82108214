/**
 * What PagerDuty takes and answers, as far as Tocsin asks it: fields, types and closed lists of its Events API v2 and its
 * REST API, stated here as facts. The simulator refuses questions that are not so. Held against PagerDuty's own
 * description (github.com/PagerDuty/api-schema, August 2026) wherever that is at hand: see
 * tests/contracts/pagerduty.test.ts. It carries no licence, so it is no part of this repository.
 */

export type Schema = Readonly<Record<string, unknown>>

/** One thing that can be asked. */
export interface Operation {
  /** The names that may stand in the address. */
  query: readonly string[]
  /** The headers without which it is refused. */
  headers: readonly string[]
  body: Schema | null
  answers: Readonly<Record<string, Schema>>
}

/** By method and path: `GET /incidents/{id}`. */
export type Described = Readonly<Record<string, Operation>>

const text = { type: 'string' }
const moment = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}' }
const oneOf = (...words: string[]) => ({ type: 'string', enum: words })
const arrayOf = (items: Schema) => ({ type: 'array', items })
/** Answers may carry more than is stated here: PagerDuty adds fields as it likes. */
const answer = (properties: Schema, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})
/** Questions may not: what is not described is ignored there, and we would never learn that it was. */
const question = (properties: Schema, required: readonly string[] = Object.keys(properties)) => ({
  ...answer(properties, required),
  additionalProperties: false,
})

const refOf = (...types: string[]) =>
  answer({ id: text, type: oneOf(...types), summary: text, self: text, html_url: text }, ['id', 'type'])
const user = answer({ id: text, type: oneOf('user'), name: text, email: text, time_zone: text }, [
  'type',
  'name',
  'email',
])
const onCall = answer(
  {
    // Where `include[]=users` asks for it, the whole user stands in the place of the reference.
    user: { anyOf: [refOf('user_reference'), user] },
    escalation_policy: refOf('escalation_policy_reference'),
    schedule: refOf('schedule_reference', 'schedule_v3_reference'),
    escalation_level: { type: 'integer' },
    start: moment,
    end: moment,
  },
  ['user', 'escalation_policy', 'escalation_level'],
)
const priority = answer({ id: text, type: text, name: text, summary: text }, ['id', 'name'])
const target = answer({ responder_request_target: answer({ type: text, id: text }) })
const responderRequest = answer(
  { id: text, message: text, requested_at: text, responder_request_targets: arrayOf(target) },
  ['message'],
)
const incident = answer(
  {
    id: text,
    type: oneOf('incident'),
    incident_number: { type: 'integer' },
    incident_key: text,
    title: text,
    status: oneOf('triggered', 'acknowledged', 'resolved'),
    html_url: text,
    created_at: moment,
    priority,
    // The whole user where `include[]=acknowledgers` asks for it.
    acknowledgements: arrayOf(
      answer({ at: moment, acknowledger: { anyOf: [refOf('user_reference', 'service_reference'), user] } }),
    ),
    responder_requests: arrayOf(responderRequest),
  },
  ['id', 'type', 'title', 'status'],
)
const note = answer(
  { id: text, content: text, created_at: moment, user: refOf('user_reference', 'bot_user_reference') },
  ['content'],
)
const contactMethod = {
  oneOf: [
    answer({ id: text, type: oneOf('email_contact_method'), label: text, address: text }, ['type', 'label', 'address']),
    answer({
      type: oneOf('phone_contact_method', 'sms_contact_method'),
      label: text,
      address: text,
      country_code: { type: 'integer', minimum: 1, maximum: 1_999 },
    }),
  ],
}
const trouble = answer({
  error: answer({ code: { type: 'integer' }, message: text, errors: arrayOf(text) }, []),
})
const page = { offset: { type: 'integer' }, limit: { type: 'integer' }, more: { type: 'boolean' } }
const paged = (name: string, one: Schema) => answer({ [name]: arrayOf(one), ...page }, [name])

const refusals = Object.fromEntries(['400', '401', '403', '404', '429', '500'].map((status) => [status, trouble]))
const readHeaders = ['accept', 'content-type']
const read = (query: readonly string[], found: Schema): Operation => ({
  query,
  headers: readHeaders,
  body: null,
  answers: { 200: found, ...refusals },
})
const changed = (body: Schema, found: Schema, headers: readonly string[] = [...readHeaders, 'from']): Operation => ({
  query: [],
  headers,
  body,
  answers: { 200: found, ...refusals },
})

/** Webhooks of version 3, as PagerDuty's developer documentation has them; the REST description says nothing of them. */
export const statedWebhook: Schema = answer({
  event: answer(
    {
      id: text,
      event_type: { type: 'string', pattern: '^incident\\.[a-z_.]+$' },
      resource_type: oneOf('incident'),
      occurred_at: moment,
      agent: refOf('user_reference', 'service_reference'),
      data: answer(
        {
          id: text,
          type: oneOf('incident'),
          self: text,
          html_url: text,
          number: { type: 'integer' },
          status: oneOf('triggered', 'acknowledged', 'resolved'),
          incident_key: { type: ['string', 'null'] },
          created_at: moment,
          title: text,
          service: refOf('service_reference'),
          assignees: arrayOf(refOf('user_reference')),
          escalation_policy: refOf('escalation_policy_reference'),
          teams: arrayOf(refOf('team_reference')),
          urgency: oneOf('high', 'low'),
        },
        ['id', 'type', 'status', 'title', 'service', 'assignees', 'escalation_policy', 'urgency', 'created_at'],
      ),
    },
    ['id', 'event_type', 'resource_type', 'occurred_at', 'data'],
  ),
})

const limits = ['limit', 'offset', 'total']
const link = question({ href: text, text }, ['href'])
const eventRefused = answer({ status: text, message: text, errors: arrayOf(text) }, ['status', 'message'])

export const statedShapes: Described = {
  'POST /enqueue': {
    query: [],
    headers: [],
    body: question(
      {
        routing_key: text,
        event_action: oneOf('trigger', 'acknowledge', 'resolve'),
        dedup_key: text,
        client: text,
        client_url: text,
        payload: question(
          {
            summary: text,
            source: text,
            severity: oneOf('critical', 'error', 'warning', 'info'),
            timestamp: moment,
            custom_details: { type: 'object' },
          },
          ['summary', 'source', 'severity'],
        ),
        links: arrayOf(link),
      },
      ['routing_key', 'event_action'],
    ),
    answers: {
      202: answer({ status: text, message: text, dedup_key: text }, ['status']),
      400: eventRefused,
      429: eventRefused,
      500: eventRefused,
    },
  },
  'GET /abilities': read([], answer({ abilities: arrayOf(text) })),
  'GET /oncalls': read(
    ['escalation_policy_ids[]', 'schedule_ids[]', 'user_ids[]', 'include[]', 'since', 'until', 'earliest', ...limits],
    paged('oncalls', onCall),
  ),
  'GET /users': read(['query', 'team_ids[]', 'include[]', ...limits], paged('users', user)),
  'GET /users/{id}/contact_methods': read([], answer({ contact_methods: arrayOf(contactMethod) })),
  'GET /escalation_policies/{id}': read(
    ['include[]'],
    answer({ escalation_policy: answer({ id: text, type: oneOf('escalation_policy'), name: text }) }),
  ),
  'GET /schedules/{id}': read(
    ['time_zone', 'since', 'until'],
    answer({ schedule: answer({ id: text, type: oneOf('schedule'), name: text, time_zone: text }) }),
  ),
  'GET /priorities': read(limits, paged('priorities', priority)),
  'GET /incidents': read(
    ['incident_key', 'statuses[]', 'service_ids[]', 'sort_by', 'include[]', ...limits],
    paged('incidents', incident),
  ),
  'GET /incidents/{id}': read(['include[]'], answer({ incident })),
  'PUT /incidents/{id}': changed(
    question({
      incident: question(
        {
          type: oneOf('incident', 'incident_reference'),
          priority: question({ id: text, type: oneOf('priority', 'priority_reference') }),
        },
        ['type'],
      ),
    }),
    answer({ incident }),
  ),
  'GET /incidents/{id}/notes': read([], answer({ notes: arrayOf(note) })),
  'POST /incidents/{id}/notes': changed(question({ note: question({ content: text }) }), answer({ note })),
  'POST /incidents/{id}/responder_requests': changed(
    question({
      requester_id: text,
      message: text,
      responder_request_targets: arrayOf(
        question({
          responder_request_target: question({
            id: text,
            type: oneOf('user_reference', 'escalation_policy_reference'),
          }),
        }),
      ),
    }),
    answer({ responder_request: responderRequest }),
    readHeaders,
  ),
}
