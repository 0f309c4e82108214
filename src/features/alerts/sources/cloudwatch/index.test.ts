import { expect, test } from 'vitest'
import { certificateAddress, confirmationAddress, signedText } from '../../../../lib/sns.ts'
import type { Parsed } from '../source.ts'
import { cloudwatch } from './index.ts'
import { claimOf } from './sns.ts'

const now = new Date('2026-03-02T12:06:00Z')
const topic = 'arn:aws:sns:eu-west-1:123456789012:tocsin'
const example = cloudwatch.example as Record<string, string>
const alarm = JSON.parse(example.Message ?? '') as Record<string, unknown>
const read = (message: unknown, more: object = {}) =>
  cloudwatch.parse(
    { ...example, ...more, Message: typeof message === 'string' ? message : JSON.stringify(message) },
    now,
  )
const keyOf = (parsed: Parsed) => ('alerts' in parsed ? parsed.alerts[0]?.fingerprint : null)

test('an alarm fires, has its dimensions as labels, and leads to the console', () => {
  expect(read(alarm)).toMatchObject({
    alerts: [
      {
        status: 'firing',
        startsAt: '2026-03-02T12:05:31.115Z',
        title: 'payments-queue-age',
        labels: { QueueName: 'payments', region: 'eu-west-1', namespace: 'AWS/SQS', account: '123456789012' },
        annotations: { summary: 'The oldest payment waits longer than five minutes' },
        links: [{ title: 'CloudWatch', url: expect.stringContaining('eu-west-1.console.aws.amazon.com') }],
      },
    ],
  })
})

test('OK ends it; too little data does not', () => {
  const ok = read({ ...alarm, NewStateValue: 'OK', StateChangeTime: '2026-03-02T12:15:00.000+0000' })
  expect(ok).toMatchObject({ alerts: [{ status: 'resolved', endsAt: '2026-03-02T12:15:00.000Z' }] })
  expect(keyOf(ok)).toBe(keyOf(read(alarm)))
  expect(read({ ...alarm, NewStateValue: 'INSUFFICIENT_DATA' })).toMatchObject({
    alerts: [{ status: 'firing', labels: { state: 'INSUFFICIENT_DATA' } }],
  })
})

test('the same alarm told by EventBridge is the same alert', () => {
  const event = {
    'detail-type': 'CloudWatch Alarm State Change',
    account: '123456789012',
    region: 'eu-west-1',
    resources: [alarm.AlarmArn],
    detail: {
      alarmName: 'payments-queue-age',
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-03-02T12:05:31.115+0000' },
      configuration: { description: 'The oldest payment waits' },
    },
  }
  expect(read(event)).toMatchObject({ alerts: [{ status: 'firing', title: 'payments-queue-age' }] })
  expect(keyOf(read(event))).toBe(keyOf(read(alarm)))
})

test('what is no alarm is shown by its subject, and lapses after an hour', () => {
  expect(read('The budget is used up\nby 120 %', { Subject: 'AWS Budgets' })).toMatchObject({
    alerts: [{ status: 'firing', title: 'AWS Budgets', endsAt: '2026-03-02T13:05:31.198Z' }],
  })
  expect(read('The budget is used up\nby 120 %', { Subject: null })).toMatchObject({
    alerts: [{ title: 'The budget is used up' }],
  })
})

test('a subscription and its end are understood, and are no alerts', () => {
  expect(read('x', { Type: 'SubscriptionConfirmation' })).toEqual({ alerts: [] })
  expect(read('x', { Type: 'UnsubscribeConfirmation' })).toEqual({ alerts: [] })
})

test('what is signed are these fields in this order, and the subject only when there is one', () => {
  const message = { Type: 'Notification', MessageId: 'm', TopicArn: 't', Message: 'hi', Timestamp: 'now' }
  expect(signedText({ ...message, Subject: 's' })).toBe(
    'Message\nhi\nMessageId\nm\nSubject\ns\nTimestamp\nnow\nTopicArn\nt\nType\nNotification\n',
  )
  expect(signedText(message)).not.toContain('Subject')
  expect(signedText({ ...message, Type: 'SubscriptionConfirmation', SubscribeURL: 'u', Token: 'k' })).toBe(
    'Message\nhi\nMessageId\nm\nSubscribeURL\nu\nTimestamp\nnow\nToken\nk\nTopicArn\nt\nType\nSubscriptionConfirmation\n',
  )
})

test('a message is worth verifying only from a topic of ours, while fresh, with a certificate of Amazon', () => {
  expect(claimOf(example, now, [topic])).toMatchObject({ algorithm: 'RSA-SHA256' })
  expect(claimOf({ ...example, SignatureVersion: '1' }, now, [topic])).toMatchObject({ algorithm: 'RSA-SHA1' })

  const refused = (more: object, topics = [topic], at = now) =>
    expect(claimOf({ ...example, ...more }, at, topics)).toHaveProperty('refused')
  refused({}, [])
  refused({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:theirs' })
  refused({}, [topic], new Date('2026-03-02T14:00:00Z'))
  refused({}, [topic], new Date('2026-03-02T11:00:00Z'))
  refused({ Timestamp: 'yesterday' })
  refused({ SignatureVersion: '3' })
  refused({ SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem' })
})

test.each([
  'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem',
  'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0a.pem',
  'https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem',
  'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem',
  'https://evil.example/SimpleNotificationService-0a.pem',
  'https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem',
  'https://xsns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem',
  'https://sns.eu-west-1.amazonaws.com/other.pem',
  'https://sns.eu-west-1.amazonaws.com/x/SimpleNotificationService-0a.pem',
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem?x=1',
  'file:///etc/passwd',
  '',
])('no certificate is ever fetched from %s', (address) => {
  expect(certificateAddress(address)).toBeNull()
})

test('a subscription is confirmed only at Amazon, and only for the topic that it names', () => {
  const at = (text: string) => confirmationAddress(text, topic)
  expect(at(`https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=1`)).not.toBeNull()
  expect(at(`https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&TopicArn=${topic}`)).toBeNull()
  expect(at(`https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}x`)).toBeNull()
  expect(at(`https://169.254.169.254/?Action=ConfirmSubscription&TopicArn=${topic}`)).toBeNull()
})

test.each([
  [{ ...example, Type: 'Greeting' }, 'Type'],
  [{ ...example, TopicArn: undefined }, 'TopicArn'],
  [{ ...example, Message: 7 }, 'Message'],
  [{ AlarmName: 'raw message delivery is on' }, 'Type'],
])('%j is refused by the name of its field', (body, field) => {
  expect(cloudwatch.parse(body, now)).toMatchObject({ field })
})
