/** E-mail by SMTP. A mail cannot be looked up once it is sent; its Message-ID lets servers and people fold a second copy. */
import { createTransport } from 'nodemailer'
import type { MailEffect } from '../../core/effects.ts'
import { DeliveryError, type Port } from '../../core/ports.ts'

export interface MailOptions {
  url: string
  from: string
}

export function createMailer({ url, from }: MailOptions): Port<MailEffect> {
  const transport = createTransport(url, { from })
  return {
    async deliver({ id, effect }) {
      try {
        await transport.sendMail({
          from,
          to: [...effect.to],
          subject: effect.subject,
          text: effect.text,
          messageId: `<tocsin-${id}@${from.split('@')[1] ?? 'tocsin'}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return {}
      } catch (error) {
        throw asDeliveryError(error)
      }
    },
  }
}

function asDeliveryError(error: unknown): DeliveryError {
  const { responseCode, command, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    responseCode?: number
    command?: string
    code?: string
  }
  if (responseCode !== undefined && responseCode >= 500) return new DeliveryError(`smtp_${responseCode}`, 'never', { cause: error })
  if (responseCode !== undefined) return new DeliveryError(`smtp_${responseCode}`, 'again', { cause: error })
  // Before DATA nothing was sent. After it, the server may have taken the mail and lost the line.
  const outcome = command === 'DATA' ? 'unknown' : 'again'
  return new DeliveryError(`smtp_${(code ?? 'unreachable').toLowerCase()}`, outcome, { isOutage: true, cause: error })
}
