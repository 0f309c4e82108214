/**
 * Amazon SNS, as whoever is subscribed to it meets it: its certificates, by which a message is verified, and the address
 * by which a subscription is confirmed. Only addresses of Amazon's own are ever asked, whoever names them.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { SnsEffect } from '../../core/effects.ts'
import type { SignatureClaim } from '../../core/hooks.ts'
import { DeliveryError, type Port } from '../../core/ports.ts'
import { certificateAddress, confirmationAddress } from '../../lib/sns.ts'

export interface SnsOptions {
  /** Asked instead of Amazon, with the same path; the address itself must be Amazon's all the same. */
  standInUrl?: string | null
  timeoutMilliseconds?: number
}

export interface Sns {
  /** Null when the certificate cannot be fetched just now. */
  isTrue(claim: SignatureClaim): Promise<boolean | null>
  port: Port<SnsEffect>
}

// SNS itself waits fifteen seconds for our answer.
const patienceMilliseconds = 5_000
// A certificate lives for months; there are as many as regions, and somebody could name others.
const certificatesMax = 50
const certificateBytesMax = 20_000

export function createSns({ standInUrl = null, timeoutMilliseconds = patienceMilliseconds }: SnsOptions = {}): Sns {
  const known = new Map<string, Promise<KeyObject>>()

  function keyAt(address: URL): Promise<KeyObject> {
    const found = known.get(address.href)
    if (found) return found
    const [oldest] = known.keys()
    if (known.size >= certificatesMax && oldest !== undefined) known.delete(oldest)
    const fetched = ask(address).then(readKey)
    known.set(address.href, fetched)
    // What failed is asked for again.
    fetched.catch(() => known.delete(address.href))
    return fetched
  }

  async function ask(address: URL, signal?: AbortSignal): Promise<Response> {
    const url = standInUrl === null ? address : new URL(`${address.pathname}${address.search}`, standInUrl)
    const patience = AbortSignal.timeout(timeoutMilliseconds)
    // A redirect could lead anywhere.
    return fetch(url, { redirect: 'error', signal: signal ? AbortSignal.any([signal, patience]) : patience })
  }

  return {
    async isTrue({ certificateUrl, algorithm, text, signature }) {
      const address = certificateAddress(certificateUrl)
      if (!address) return false
      const key = await keyAt(address).catch(() => null)
      if (key === null) return null
      return verify(algorithm, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64'))
    },
    port: {
      async deliver({ effect, signal }) {
        const address = confirmationAddress(effect.url, effect.topic)
        if (!address) throw new DeliveryError('sns_foreign_address', 'never')
        const response = await ask(address, signal).catch((error: unknown) => {
          throw new DeliveryError('sns_unreachable', 'again', { isOutage: true, cause: error })
        })
        await response.text().catch(() => '')
        if (response.ok) return {}
        const isPassing = response.status >= 500 || response.status === 429
        throw new DeliveryError(`sns_http_${response.status}`, isPassing ? 'again' : 'never', { isOutage: isPassing })
      },
    },
  }
}

async function readKey(response: Response): Promise<KeyObject> {
  if (!response.ok) throw new Error(`no certificate: ${response.status}`)
  const text = await response.text()
  if (text.length > certificateBytesMax) throw new Error('no certificate: too large')
  return createPublicKey(text)
}
