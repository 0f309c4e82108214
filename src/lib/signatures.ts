/** Signatures by a secret that both sides know: HMAC-SHA256 over the bytes that came, in hexadecimal. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export function hexDigest(raw: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(raw).digest('hex')
}

/** In constant time, so that a guess learns nothing from how quickly it is refused; the length alone is no secret. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
