/** What it means for a mail that a server refused it, or could not be talked to. */
import type { NodemailerError } from 'nodemailer'
import { DeliveryError } from '../../core/ports.ts'

/** `mayHaveIt`: all of the mail was sent, and only the answer is missing. */
export function asDeliveryError(error: unknown, { mayHaveIt }: { mayHaveIt: boolean }): DeliveryError {
  // Without a code it is no answer but a bug of ours, and must not pass for one.
  if (!isFailure(error)) throw error
  const code = codeOf(error)
  const isAboutThisMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  // Whether it is the reader or the mail that is not wanted makes a difference to whoever keeps the list of readers.
  const isReader = error.command === 'RCPT TO' && isPermanent(error)
  if (isAboutThisMail)
    return new DeliveryError(isReader ? `${code}_recipient` : code, isPermanent(error) ? 'never' : 'again', {
      cause: error,
    })

  // The door is closed for every mail: nobody there, a full house, a password that is not taken. An operator mends it,
  // and then everything that waited goes out.
  const isRefused = (error.responseCode ?? 0) >= 400
  const outcome = mayHaveIt && !isRefused ? 'unknown' : 'again'
  return new DeliveryError(code, outcome, { isOutage: true, cause: error })
}

/**
 * For a mail that went to some of its recipients. While one of the others may be let in later, all of them get it again:
 * the outbox knows a mail, not its recipients, and who has it already has the Message-ID to fold it by.
 */
export function refusalOfSome(refused: readonly NodemailerError[]): DeliveryError | null {
  const [first] = refused
  if (!first) return null
  const passing = refused.find((error) => !isPermanent(error))
  if (passing) return new DeliveryError(codeOf(passing), 'again', { cause: passing })
  // Those who can be reached have it. That the others cannot is for a person to know and to mend.
  return new DeliveryError(`${codeOf(first)}_for_some`, 'never', { cause: first })
}

function isFailure(error: unknown): error is NodemailerError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** A mail that nodemailer itself refuses, for an address that is none, has no answer: it stays as it is. */
function isPermanent({ permanent }: NodemailerError): boolean {
  return permanent ?? true
}

/** `smtp_550`, `smtp_econnrefused`, and `smtp_550_recipient` where it was the reader: what the server said, else what happened to the line. */
function codeOf({ responseCode, originalCode, code }: NodemailerError): string {
  return `smtp_${responseCode ?? (originalCode ?? code ?? 'failed').toLowerCase()}`
}
