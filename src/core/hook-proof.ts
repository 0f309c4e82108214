/** Whether a webhook comes from whom it says: our token, a signature by a secret, or one by the sender's certificate. */
import { isSame } from '../lib/signatures.ts'
import type { HookHeaders, SignatureClaim, Signed, SignedByCertificate, SignedBySecret } from './hooks.ts'
import type { Spine } from './perform.ts'

export interface ProofOptions {
  /** The bearer token of a source, null when none is configured: then nothing is accepted. */
  tokenOf(source: string): string | null
  secretOf(variable: string): string | null
  /** Fetches the certificate and verifies; null when it cannot be fetched just now. */
  isTrue(claim: SignatureClaim): Promise<boolean | null>
}

export interface Sent {
  source: string
  raw: Buffer
  body: unknown
  headers: HookHeaders
  now: Date
}

export type Proved = 'proved' | { status: 401 | 503; error: string }

export function createProof({ tokenOf, secretOf, isTrue }: ProofOptions, policyOf: Spine['policyOf']) {
  const knownTokenOf = remembered(tokenOf)
  const knownSecretOf = remembered(secretOf)

  function byToken({ source, headers }: Sent): Proved {
    if (isToken(String(headers.authorization ?? ''), knownTokenOf(source))) return 'proved'
    const variable = `HOOK_TOKEN_${source.toUpperCase().replaceAll('-', '_')}`
    return no(`Send "Authorization: Bearer <token>" with the value of ${variable}.`)
  }

  function bySecret({ raw, headers }: Sent, { secretVariable, isSigned }: SignedBySecret): Proved {
    if (each(knownSecretOf(secretVariable)).some((secret) => isSigned(raw, headers, secret))) return 'proved'
    return no(`The signature does not fit: it is made with the value of ${secretVariable}.`)
  }

  async function byCertificate({ body, now }: Sent, { claimOf }: SignedByCertificate): Promise<Proved> {
    const claim = claimOf(body, { now, policyOf })
    if ('refused' in claim) return no(claim.refused)
    const isVerified = await isTrue(claim)
    if (isVerified === null)
      return { status: 503, error: 'The certificate could not be fetched. Nothing was accepted; send it again.' }
    return isVerified ? 'proved' : no('The signature does not fit the certificate.')
  }

  return {
    async look(sent: Sent, signed: Signed | undefined): Promise<Proved> {
      if (!signed) return byToken(sent)
      return 'secretVariable' in signed ? bySecret(sent, signed) : byCertificate(sent, signed)
    },
  }
}

function no(error: string): Proved {
  return { status: 401, error }
}

/** As a bearer token, or as the password of basic authentication: some senders know only `https://user:password@…`. */
function isToken(header: string, token: string | null): boolean {
  if (token === null) return false
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic) +(.+)$/i.exec(header.trim()) ?? []
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : credentials
  return each(token).some((one) => isSame(given, one))
}

/** While a secret is changed on two sides, the old and the new one are valid: separated by commas. */
function each(secrets: string | null): string[] {
  return (secrets ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
}

/** Read once: it may stand in a file. */
function remembered(read: (name: string) => string | null): (name: string) => string | null {
  const known = new Map<string, string | null>()
  return (name) => {
    const value = known.has(name) ? (known.get(name) ?? null) : read(name)
    known.set(name, value)
    return value
  }
}
