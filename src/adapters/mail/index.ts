/**
 * E-mail by SMTP.
 *
 * A mail cannot be looked up once it is on its way. When the line is lost after the last line of its text, nobody can say
 * whether the mail will arrive: the outcome is `unknown`, and the mail is sent again. So the doubt is written down at the
 * last moment, when all of the text but its end was sent: whoever dies before that has sent nothing. The second copy has the same
 * Message-ID, by which mail servers and programs fold two copies into one; where they do not, somebody reads it twice.
 * For a mail about an incident that is the better mistake.
 */
import { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { MailEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError, type Port } from '../../core/ports.ts'
import { asDeliveryError, refusalOfSome } from './answers.ts'

export interface MailOptions {
  /** `smtp://user:password@host:587`. Whatever nodemailer reads from an address's query works, `?requireTLS=true` too. */
  url: string
  /** `Tocsin <tocsin@example.com>`, or the bare address. */
  from: string
}

// A server takes its time over the text, for it looks for spam there. Giving up early would send the mail twice.
const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 60_000 }
// Lines stay open from one mail to the next, and no longer: greeting and goodbye cost more than the mail. One that the
// server closed meanwhile is replaced once, which nodemailer does only while nothing of the text was read.
const lines = { pool: true, maxConnections: 12, maxRequeues: 1, idleTimeout: 2_000 } as const

export function createMailer({ url, from }: MailOptions): Port<MailEffect> {
  const transport = createTransport({ url, ...limits, ...lines })
  /** What is to be done before the end of a mail is sent, by its Message-ID. */
  const ends = new Map<string, () => Promise<void>>()
  transport.use('stream', (mail, done) => {
    const beforeEnd = ends.get(String(mail.data.messageId))
    if (beforeEnd) mail.message.processFunc((text: AsyncIterable<Buffer>) => heldBack(text, beforeEnd))
    done()
  })
  return {
    doubtsLate: true,
    async deliver({ id, effect, decidedAt, isInDoubt, signal, noteDoubt }) {
      if (isInDoubt && effect.inDoubt === 'leave') throw new DeliveryError('in_doubt', 'never')
      if (effect.to.length === 0) throw new DeliveryError('no_recipients', 'never')
      const progress: { mayHaveIt: boolean; refusedByUs: unknown } = { mayHaveIt: false, refusedByUs: null }
      const name = messageId({ id, effect, decidedAt }, from)
      const message = {
        from,
        to: [...effect.to],
        subject: effect.subject,
        text: effect.text,
        ...(effect.html === undefined ? {} : { html: effect.html }),
        // The moment of the decision, not of this attempt: a mail that comes late shows how old its news is.
        date: decidedAt,
        messageId: name,
        ...threadOf(effect, from),
        headers: headersOf(effect),
        signal,
      }
      ends.set(name, async () => {
        await noteDoubt?.().catch((error: unknown) => {
          progress.refusedByUs = error
          // Of its own: nodemailer writes into the errors that it is given.
          throw new Error('the end of this mail is not sent', { cause: error })
        })
        progress.mayHaveIt = true
      })
      const sending = transport.sendMail(message).finally(() => ends.delete(name))
      const { rejectedErrors = [] } = await sending.catch((error: unknown) => {
        throw progress.refusedByUs ?? asDeliveryError(error, progress)
      })
      const refusal = refusalOfSome(rejectedErrors)
      if (refusal) throw refusal
      return {}
    },
  }
}

/** The whole text, and its end only when that is allowed: without its last line the server has no mail. */
function heldBack(text: AsyncIterable<Buffer>, beforeEnd: () => Promise<void>): Readable {
  // Nothing of it is read before the server asks for the text.
  async function* parts() {
    yield* text
    await beforeEnd()
  }
  return Readable.from(parts(), { objectMode: false })
}

/** A conversation that no mail began: each of them refers to a name that stays the same. */
function threadOf({ thread }: MailEffect, from: string) {
  if (thread === undefined) return {}
  const name = `<tocsin-thread-${thread}@${domainOf(from)}>`
  return { references: name, inReplyTo: name }
}

function headersOf({ unsubscribe }: MailEffect): Record<string, string> {
  // So that no holiday answer comes back (RFC 3834).
  const headers = { 'Auto-Submitted': 'auto-generated' }
  if (unsubscribe === undefined) return headers
  return {
    ...headers,
    'List-Unsubscribe': `<${unsubscribe}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

/** The same at every attempt, and no other mail's: the id alone would come back with a new database. */
function messageId(
  { id, effect, decidedAt }: Pick<Delivery<MailEffect>, 'id' | 'effect' | 'decidedAt'>,
  from: string,
): string {
  const { key = `${id}-${decidedAt.getTime().toString(36)}` } = effect
  return `<tocsin-${key}@${domainOf(from)}>`
}

function domainOf(from: string): string {
  const [, domain = 'tocsin.invalid'] = /@([^\s<>]+)/.exec(from) ?? []
  return domain
}
