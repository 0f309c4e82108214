/**
 * Whether a message of Amazon SNS is worth verifying, and what is to be verified. SNS serves everybody, so a true
 * signature says only that some account sent it: the topic must be one of ours, and the message must be fresh.
 */
import { z } from 'zod'
import type { SignatureClaim, SignedByCertificate } from '../../../../core/hooks.ts'
import { certificateAddress, signedText } from '../../../../lib/sns.ts'
import { sourcesPolicyOf } from '../config.ts'
import { momentOf } from '../reading.ts'

export const SnsMessage = z.object(
  {
    Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'], {
      error: 'must be "Notification", "SubscriptionConfirmation" or "UnsubscribeConfirmation"',
    }),
    MessageId: z.string({ error: 'is missing' }),
    TopicArn: z.string({ error: 'is missing' }),
    Message: z.string({ error: 'is missing' }),
    Timestamp: z.string({ error: 'is missing' }),
    Subject: z.string().nullish(),
    SubscribeURL: z.string().nullish(),
    Token: z.string().nullish(),
    SignatureVersion: z.string().nullish(),
    Signature: z.string().nullish(),
    SigningCertURL: z.string().nullish(),
  },
  { error: 'must be a message of Amazon SNS; leave "raw message delivery" off' },
)

// SNS repeats a delivery for at most an hour; what is older was kept by somebody.
const ageMinutesMax = 65
const clockSkewMinutes = 5

export const signed: SignedByCertificate = {
  claimOf(body, { now, policyOf }) {
    return claimOf(body, now, sourcesPolicyOf(policyOf).topics)
  },
}

export function claimOf(body: unknown, now: Date, topics: readonly string[]): SignatureClaim | { refused: string } {
  const parsed = SnsMessage.safeParse(body)
  if (!parsed.success) return { refused: 'This is no signed message of Amazon SNS. Leave "raw message delivery" off.' }
  const { TopicArn, Timestamp, Signature, SignatureVersion, SigningCertURL } = parsed.data
  if (!topics.includes(TopicArn)) return { refused: 'This topic is not in alerts.cloudwatch.topics of tocsin.yml.' }
  const sentAt = momentOf(Timestamp)
  const age = sentAt === null ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(sentAt)) / 60_000
  if (age > ageMinutesMax || age < -clockSkewMinutes)
    return { refused: `The time of the message is not within the last ${ageMinutesMax} minutes.` }
  const certificate = certificateAddress(SigningCertURL ?? '')
  if (!certificate) return { refused: 'SigningCertURL is no certificate of Amazon SNS.' }
  if (SignatureVersion !== '1' && SignatureVersion !== '2') return { refused: 'SignatureVersion must be 1 or 2.' }
  return {
    certificateUrl: certificate.href,
    algorithm: SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256',
    text: signedText(parsed.data),
    signature: Signature ?? '',
  }
}
