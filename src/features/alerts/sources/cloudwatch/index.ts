/**
 * CloudWatch alarms, by an Amazon SNS topic with an HTTPS subscription. What else the topic carries (a budget, an event of
 * EventBridge, a sentence by hand) is shown as well; it has no end, so it lapses by itself.
 */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { shorten } from '../../../../lib/text.ts'
import { isObject, labelsOf, linksOf, misfit, momentOf, Text, titleLengthMax } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }
import { SnsMessage, signed } from './sns.ts'

const Dimensions = z
  .unknown()
  .optional()
  .transform((given): Record<string, string> => {
    const all = Array.isArray(given) ? given.filter(isObject) : []
    return labelsOf(
      Object.fromEntries(all.map(({ name, value }) => [Text.parse(name) ?? '', Text.parse(value)] as const)),
    )
  })

const Alarm = z.looseObject({
  AlarmName: z.string().trim().min(1),
  AlarmArn: Text,
  AlarmDescription: Text,
  AWSAccountId: Text,
  Region: Text,
  NewStateValue: z.string(),
  NewStateReason: Text,
  OldStateValue: Text,
  StateChangeTime: Text,
  Trigger: z
    .unknown()
    .optional()
    .transform((given) => (isObject(given) ? given : {}))
    .pipe(z.looseObject({ MetricName: Text, Namespace: Text, Dimensions })),
})

/** The same alarm as EventBridge tells of it. */
const AlarmEvent = z.looseObject({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  account: Text,
  region: Text,
  resources: z
    .unknown()
    .optional()
    .transform((given) => (Array.isArray(given) ? Text.parse(given[0]) : null)),
  detail: z.looseObject({
    alarmName: z.string().trim().min(1),
    state: z.looseObject({ value: z.string(), reason: Text, timestamp: Text }),
    configuration: z
      .unknown()
      .optional()
      .transform((given) => (isObject(given) ? given : {}))
      .pipe(z.looseObject({ description: Text })),
  }),
})

export const cloudwatch: AlertSource = {
  name: 'cloudwatch',
  example,
  play({ startsAt, endsAt, nth }) {
    const alarm = Alarm.parse(JSON.parse(example.Message))
    const name = nth === 0 ? alarm.AlarmName : `${alarm.AlarmName}-${nth}`
    const message = {
      ...alarm,
      AlarmName: name,
      AlarmArn: alarm.AlarmArn?.replace(alarm.AlarmName, name),
      NewStateValue: endsAt === null ? 'ALARM' : 'OK',
      StateChangeTime: endsAt ?? startsAt,
    }
    return { ...example, Timestamp: endsAt ?? startsAt, Message: JSON.stringify(message) }
  },
  signed,
  parse(body, receivedAt) {
    const sns = SnsMessage.safeParse(body)
    if (!sns.success) return misfit(sns.error)
    // Subscribed, unsubscribed: understood, and no alerts (`subscription.ts`).
    if (sns.data.Type !== 'Notification') return { alerts: [] }
    const sentAt = momentOf(sns.data.Timestamp) ?? receivedAt.toISOString()
    return { alerts: [alertOf(sns.data, sentAt)] }
  },
}

function alertOf(message: z.infer<typeof SnsMessage>, sentAt: string): IncomingAlert {
  const content = jsonOf(message.Message)
  const alarm = Alarm.safeParse(content)
  if (alarm.success) return fromAlarm(alarm.data, sentAt)
  const event = AlarmEvent.safeParse(content)
  if (event.success) return fromEvent(event.data, sentAt)
  return fromText(message, sentAt)
}

function fromAlarm(alarm: z.infer<typeof Alarm>, sentAt: string): IncomingAlert {
  const { AlarmName, AlarmArn, AlarmDescription, AWSAccountId, NewStateValue, NewStateReason, Trigger } = alarm
  const region = regionOf(AlarmArn) ?? alarm.Region
  return alarmed({
    name: AlarmName,
    arn: AlarmArn,
    account: AWSAccountId,
    region,
    state: NewStateValue,
    at: momentOf(alarm.StateChangeTime) ?? sentAt,
    description: AlarmDescription,
    reason: NewStateReason,
    labels: { namespace: Trigger.Namespace, metric: Trigger.MetricName, ...Trigger.Dimensions },
  })
}

function fromEvent(event: z.infer<typeof AlarmEvent>, sentAt: string): IncomingAlert {
  const { alarmName, state, configuration } = event.detail
  return alarmed({
    name: alarmName,
    arn: event.resources,
    account: event.account,
    region: event.region,
    state: state.value,
    at: momentOf(state.timestamp) ?? sentAt,
    description: configuration.description,
    reason: state.reason,
    labels: {},
  })
}

interface Alarmed {
  name: string
  arn: string | null
  account: string | null
  region: string | null
  state: string
  at: string
  description: string | null
  reason: string | null
  labels: Record<string, string | null>
}

/** An alarm with too little data is shown as firing: its owner asked to be told, and it is certainly not known to be well. */
function alarmed({ name, arn, account, region, state, at, description, reason, labels }: Alarmed): IncomingAlert {
  const isOver = state.toUpperCase() === 'OK'
  const summary = description ?? reason
  return {
    fingerprint: fingerprint({ alarm: arn ?? { account, region, name } }),
    status: isOver ? 'resolved' : 'firing',
    startsAt: at,
    endsAt: isOver ? at : null,
    title: shorten(name, titleLengthMax),
    labels: labelsOf({ ...labels, alarm: name, state, account, region }),
    annotations: {
      ...(summary === null ? {} : { summary }),
      ...(reason === null || reason === summary ? {} : { description: reason }),
    },
    severityLabel: null,
    links: linksOf([['CloudWatch', consoleAddress(arn, name)]]),
    groupHint: null,
    extra: {},
  }
}

const lapseMinutes = 60

function fromText(
  { MessageId, TopicArn, Subject, Message }: z.infer<typeof SnsMessage>,
  sentAt: string,
): IncomingAlert {
  const [firstLine = ''] = Message.trim().split('\n')
  return {
    fingerprint: fingerprint({ message: MessageId }),
    status: 'firing',
    startsAt: sentAt,
    endsAt: new Date(Date.parse(sentAt) + lapseMinutes * 60_000).toISOString(),
    title: shorten(Subject?.trim() || firstLine || 'An empty message', titleLengthMax),
    labels: labelsOf({
      topic: TopicArn.split(':').at(-1),
      account: TopicArn.split(':')[4],
      region: regionOf(TopicArn),
    }),
    annotations: { summary: shorten(Message, 2_000) },
    severityLabel: null,
    links: [],
    groupHint: null,
    extra: {},
  }
}

function regionOf(arn: string | null): string | null {
  return arn?.split(':')[3] || null
}

/** Only of Amazon's ordinary regions: the console of the others stands elsewhere. */
function consoleAddress(arn: string | null, name: string): string | null {
  const region = regionOf(arn)
  if (!arn?.startsWith('arn:aws:') || region === null || !/^[a-z0-9-]+$/.test(region)) return null
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
