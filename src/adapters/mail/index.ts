/**
 * E-mail by SMTP.
 *
 * A mail cannot be looked up once it is on its way. When the line is lost after the server asked for the text, nobody can
 * say whether the mail will arrive: the outcome is `unknown`, and the mail is sent again. The second copy has the same
 * Message-ID, by which mail servers and programs fold two copies into one; where they do not, somebody reads it twice.
 * For a mail about an incident that is the better mistake.
 */
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

export function createMailer({ url, from }: MailOptions): Port<MailEffect> {
  return {
    async deliver({ id, effect, decidedAt, signal }) {
      if (effect.to.length === 0) throw new DeliveryError('no_recipients', 'never')
      const progress = { isTextAskedFor: false }
      // One transport a delivery: it holds nothing, and so its log speaks of this mail alone.
      const transport = createTransport({ url, ...limits, transactionLog: true, logger: watch(progress) })
      const sending = transport.sendMail({
        from,
        to: [...effect.to],
        subject: effect.subject,
        text: effect.text,
        ...(effect.html === undefined ? {} : { html: effect.html }),
        // The moment of the decision, not of this attempt: a mail that comes late shows how old its news is.
        date: decidedAt,
        messageId: messageId({ id, decidedAt }, from),
        ...threadOf(effect, from),
        headers: headersOf(effect),
        signal,
      })
      const { rejectedErrors = [] } = await sending.catch((error: unknown) => {
        throw asDeliveryError(error, progress)
      })
      const refusal = refusalOfSome(rejectedErrors)
      if (refusal) throw refusal
      return {}
    },
  }
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
function messageId({ id, decidedAt }: Pick<Delivery<MailEffect>, 'id' | 'decidedAt'>, from: string): string {
  return `<tocsin-${id}-${decidedAt.getTime().toString(36)}@${domainOf(from)}>`
}

function domainOf(from: string): string {
  const [, domain = 'tocsin.invalid'] = /@([^\s<>]+)/.exec(from) ?? []
  return domain
}

/** nodemailer says of a lost line only that it was lost. Its log tells how far the server had come. */
function watch(progress: { isTextAskedFor: boolean }) {
  const note = (entry: { tnx?: string }, line: string) => {
    if (entry.tnx === 'server' && line.startsWith('354')) progress.isTextAskedFor = true
  }
  return { trace: note, debug: note, info: note, warn: note, error: note, fatal: note }
}
