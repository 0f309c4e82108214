/**
 * Silences in Alertmanager, by its API (v2).
 *
 * A silence that is made twice is two silences, so one whose answer was lost is looked for first: its comment carries our
 * own name of it. Ending one that is over already, or gone, is done.
 */
import { z } from 'zod'
import type { AlertmanagerEffect, DesiredSilence, SilenceCopy, SilencesThere } from '../../core/effects.ts'
import { DeliveryError, type Port } from '../../core/ports.ts'
import { type Ask, asker } from './asking.ts'

export interface AlertmanagerOptions {
  /** Without a slash at its end; null when there is none to tell. */
  url: string | null
  token: string | null
  timeoutMilliseconds?: number
}

const patienceMilliseconds = 10_000

const Observed = z.object({ remoteId: z.string().nullable() })
const Made = z.object({ silenceID: z.string() })
// Only the fields we use: Alertmanager may add others. Versions before 0.22 know no negative matchers.
const Listed = z.array(
  z.object({
    id: z.string(),
    comment: z.string(),
    endsAt: z.iso.datetime({ offset: true }),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
    status: z.object({ state: z.string() }),
  }),
)

export function createAlertmanager(options: AlertmanagerOptions): Port<AlertmanagerEffect> {
  const { url, token, timeoutMilliseconds = patienceMilliseconds } = options
  return {
    async deliver(delivery) {
      const { effect } = delivery
      const signal = AbortSignal.any([delivery.signal, AbortSignal.timeout(timeoutMilliseconds)])
      const ask = url === null ? null : asker({ url: `${url}/api/v2`, token, signal })
      if (effect.kind === 'alertmanager.look') return { observed: await look(ask, effect.copies, delivery.signal) }
      // Nobody to tell: the silence holds here all the same.
      if (ask === null) return { observed: { remoteId: null } }
      const known = effect.desired.id ?? Observed.safeParse(delivery.observed).data?.remoteId ?? null
      const found = known ?? (delivery.isInDoubt ? await find(ask, effect.desired.comment) : null)
      return { observed: { remoteId: await bringAbout(ask, effect.desired, { found, now: delivery.now }) } }
    },
  }
}

async function bringAbout(
  ask: Ask,
  { isActive, id: _id, ...silence }: DesiredSilence,
  { found, now }: { found: string | null; now: Date },
): Promise<string | null> {
  if (!isActive) {
    if (found !== null) await ask('DELETE', `/silence/${encodeURIComponent(found)}`)
    return found
  }
  // Over before it could be made: there is nothing left to silence.
  if (found !== null || Date.parse(silence.endsAt) <= now.getTime()) return found
  const { body } = await ask('POST', '/silences', silence)
  const made = Made.safeParse(body)
  if (!made.success) throw new DeliveryError('alertmanager_answer_unknown', 'unknown')
  return made.data.silenceID
}

async function find(ask: Ask, comment: string): Promise<string | null> {
  return (await list(ask)).find((one) => one.comment === comment && one.status.state !== 'expired')?.id ?? null
}

/** Whoever waits for the answer asks again soon, so nothing here is tried twice. */
async function look(ask: Ask | null, copies: readonly SilenceCopy[], stopping: AbortSignal): Promise<SilencesThere> {
  if (ask === null) return { outcome: 'failed', code: 'alertmanager_not_configured' }
  try {
    const all = await list(ask)
    return { outcome: 'seen', silences: copies.map((copy) => ({ ...copy, there: placeOf(copy, all) })) }
  } catch (error) {
    if (stopping.aborted || !(error instanceof DeliveryError)) throw error
    return { outcome: 'failed', code: error.code }
  }
}

/** Itself while it holds; over, the one that was put in its place: whoever changes labels there makes a new one. */
function placeOf({ id, comment }: SilenceCopy, all: z.infer<typeof Listed>) {
  const itself = all.find((one) => one.id === id)
  const holds = (one: z.infer<typeof Listed>[number]) => one.status.state !== 'expired'
  const found = itself && holds(itself) ? itself : (all.find((one) => one.comment === comment && holds(one)) ?? itself)
  if (!found) return null
  return { id: found.id, matchers: found.matchers, endsAt: new Date(found.endsAt).toISOString() }
}

async function list(ask: Ask): Promise<z.infer<typeof Listed>> {
  const { body } = await ask('GET', '/silences')
  const listed = Listed.safeParse(body)
  // Taken for an empty list, it would be made again.
  if (!listed.success) throw new DeliveryError('alertmanager_answer_unknown', 'unknown')
  return listed.data
}
