/** What a delivery says, whoever sent it: the one door between webhooks and the pipeline. */
import type { HookAsked, HookChecked, HookDelivery } from '../../../core/hooks.ts'
import type { Spine } from '../../../core/perform.ts'
import { isOurPage } from '../../oncall/index.ts'
import { sourcesPolicyOf } from './config.ts'
import { readMapped } from './generic/mapping.ts'
import { sources } from './index.ts'
import type { AlertSource, IncomingAlert, Parsed } from './source.ts'

/** Read before it is accepted; nothing is kept of it here. */
export function checkDelivery({ source, name, body, policyOf }: HookAsked): HookChecked {
  const known = sourceOf(source)
  const { mappings } = sourcesPolicyOf(policyOf)
  if (name !== null && known.name !== 'generic')
    return { unknown: `${source} takes no name: post to /hooks/${source}.` }
  if (name !== null && !Object.hasOwn(mappings, name))
    return { unknown: `alerts.generic of tocsin.yml has no "${name}". ${listed(Object.keys(mappings))}` }
  const parsed = parse({ source, name, body }, noTime, policyOf)
  if ('field' in parsed) return parsed
  const isTimeless = parsed.alerts.some(({ startsAt, endsAt }) => [startsAt, endsAt].includes(noTime.toISOString()))
  if (!isTimeless && typeof body === 'object' && body !== null) readBefore.set(body, parsed.alerts)
  return { count: parsed.alerts.length, isTimeless }
}

/** What was read to be accepted, and says its own times, is not read again to be worked on. Gone with the body. */
const readBefore = new WeakMap<object, readonly IncomingAlert[]>()

/** What an alert speaks of that says no time itself, when it is read without one. No sender is that old. */
const noTime = new Date(0)

/** Without what we caused ourselves: a page of ours comes back from PagerDuty as an incident there. */
export async function readDelivery(spine: Spine, delivery: HookDelivery): Promise<readonly IncomingAlert[]> {
  if (delivery.source === 'pagerduty' && (await isOurPage(spine.db, delivery.body))) return []
  return readAgain(delivery, spine.policyOf)
}

function readAgain(delivery: HookDelivery, policyOf: Spine['policyOf']): readonly IncomingAlert[] {
  const { body } = delivery
  const before = typeof body === 'object' && body !== null ? readBefore.get(body) : undefined
  if (before) return before
  const parsed = parse(delivery, delivery.receivedAt, policyOf)
  // Accepted once, so readable once: an older release may have been more generous.
  return 'field' in parsed ? [] : parsed.alerts
}

function parse(
  { source, name, body }: Pick<HookDelivery, 'source' | 'name' | 'body'>,
  receivedAt: Date,
  policyOf: Spine['policyOf'],
): Parsed {
  const mapping = name === null ? undefined : sourcesPolicyOf(policyOf).mappings[name]
  return mapping ? readMapped(mapping, body, receivedAt) : sourceOf(source).parse(body, receivedAt)
}

function sourceOf(name: string): AlertSource {
  const source = sources.find((candidate) => candidate.name === name)
  if (!source) throw new Error(`no alert source ${name}`)
  return source
}

function listed(names: readonly string[]): string {
  return names.length === 0
    ? 'It has none at all; without a name post to /hooks/generic.'
    : `It has ${names.join(', ')}.`
}
