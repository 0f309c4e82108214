import { createSign, generateKeyPairSync } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SnsEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { createSns } from './index.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem'
const topic = 'arn:aws:sns:eu-west-1:123456789012:tocsin'
const claim = {
  certificateUrl,
  algorithm: 'RSA-SHA256' as const,
  text: 'Message\nhi\n',
  signature: createSign('RSA-SHA256').update('Message\nhi\n').sign(privateKey, 'base64'),
}
const amazon = { asked: [] as string[], status: 200, body: publicKey, location: '' }
const server = http.createServer((req, res) => {
  amazon.asked.push(req.url ?? '')
  res.writeHead(amazon.status, amazon.location ? { location: amazon.location } : {}).end(amazon.body)
})
const standIn = { url: '' }

beforeEach(async () => {
  Object.assign(amazon, { asked: [], status: 200, body: publicKey, location: '' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const sns = () => createSns({ standInUrl: standIn.url, timeoutMilliseconds: 500 })
const deliver = (url: string) => {
  const effect: SnsEffect = { kind: 'sns.confirm', topic, url }
  return sns().port.deliver({ effect, signal: new AbortController().signal } as Delivery<SnsEffect>)
}
const confirmation = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=1`

test('a certificate is fetched once, however many messages it signed', async () => {
  const one = sns()
  expect(await Promise.all([one.isTrue(claim), one.isTrue(claim)])).toEqual([true, true])
  expect(await one.isTrue({ ...claim, text: 'Message\nho\n' })).toBe(false)
  expect(await one.isTrue({ ...claim, algorithm: 'RSA-SHA1' })).toBe(false)
  expect(await one.isTrue({ ...claim, signature: 'no base64 at all' })).toBe(false)
  expect(amazon.asked).toEqual(['/SimpleNotificationService-0a1b.pem'])
})

test('a certificate that cannot be fetched is asked for again with the next message', async () => {
  const one = sns()
  amazon.status = 503
  expect(await one.isTrue(claim)).toBeNull()
  amazon.status = 200
  amazon.body = 'no certificate'
  expect(await one.isTrue(claim)).toBeNull()
  amazon.body = publicKey
  expect(await one.isTrue(claim)).toBe(true)
})

test('nothing is fetched from an address that is not Amazon SNS, nor from where Amazon is said to lead', async () => {
  expect(
    await sns().isTrue({ ...claim, certificateUrl: 'https://evil.example/SimpleNotificationService-0a.pem' }),
  ).toBe(false)
  await expect(deliver('https://evil.example/?Action=ConfirmSubscription')).rejects.toMatchObject({ outcome: 'never' })
  expect(amazon.asked).toEqual([])

  Object.assign(amazon, { status: 302, location: 'http://169.254.169.254/latest/meta-data' })
  expect(await sns().isTrue(claim)).toBeNull()
})

test('a subscription is confirmed; a server in trouble is asked again, a refusal is final', async () => {
  await deliver(confirmation)
  expect(amazon.asked[0]).toContain('Action=ConfirmSubscription')
  amazon.status = 500
  await expect(deliver(confirmation)).rejects.toMatchObject({ outcome: 'again', isOutage: true })
  amazon.status = 403
  await expect(deliver(confirmation)).rejects.toMatchObject({ code: 'sns_http_403', outcome: 'never' })
})
