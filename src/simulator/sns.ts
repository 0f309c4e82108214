/** Amazon SNS as its subscribers meet it: messages signed by a key whose certificate stands at an address, and the confirmation of a subscription. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { signedText } from '../lib/sns.ts'
import type { SnsFields, SnsWorld } from './types.ts'

const host = 'https://sns.eu-west-1.amazonaws.com'
const certificateFile = '/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem'

export interface SnsOptions {
  now(): Date
}

export function createSns({ now }: SnsOptions) {
  // Made when the first message is signed: a key takes a tenth of a second, and few stories want one.
  const kept: { pair?: { publicKey: string; privateKey: string } } = {}
  const confirmed: string[] = []

  function pair(): { publicKey: string; privateKey: string } {
    kept.pair ??= generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    return kept.pair
  }

  const world: SnsWorld = {
    confirmed: () => confirmed,
    message(fields: SnsFields) {
      const { version = '2', ...given } = fields
      const message = { MessageId: randomUUID(), Timestamp: now().toISOString(), ...given }
      const signature = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(signedText(message))
      return {
        ...message,
        SignatureVersion: version,
        Signature: signature.sign(pair().privateKey, 'base64'),
        SigningCertURL: `${host}${certificateFile}`,
      }
    },
    subscription(topic) {
      const token = randomUUID().replaceAll('-', '')
      const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topic, Token: token })
      return world.message({
        Type: 'SubscriptionConfirmation',
        TopicArn: topic,
        Token: token,
        Message: `You have chosen to subscribe to the topic ${topic}.`,
        SubscribeURL: `${host}/?${query}`,
      })
    },
  }

  return {
    world,
    handle(req: IncomingMessage, res: ServerResponse): boolean {
      const url = URL.parse(req.url ?? '', 'http://sns.invalid')
      if (url?.pathname === certificateFile) {
        res.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(pair().publicKey)
        return true
      }
      if (url?.pathname !== '/' || url.searchParams.get('Action') !== 'ConfirmSubscription') return false
      confirmed.push(url.searchParams.get('TopicArn') ?? '')
      res.writeHead(200, { 'content-type': 'text/xml' }).end('<ConfirmSubscriptionResponse/>')
      return true
    },
  }
}
