/** The alerting rules that Prometheus has, and the names of its metrics: what pages and coverage are held against. */
import { z } from 'zod'
import type { KnownRules } from '../../core/effects.ts'
import { cleanDeep } from '../../lib/text.ts'
import { reasonOf } from './address.ts'

const texts = z.record(z.string(), z.string()).default({})
const Rules = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), labels: texts, annotations: texts })) })),
  }),
})
const Names = z.object({ status: z.literal('success'), data: z.array(z.string()) })

export async function askAlertRules(baseUrl: string | null, signal: AbortSignal): Promise<KnownRules> {
  if (baseUrl === null) return { why: 'no Prometheus is configured (PROMETHEUS_URL)', rules: [] }
  const read = await ask(`${baseUrl}/api/v1/rules?type=alert`, Rules, signal)
  return 'why' in read
    ? { why: read.why, rules: [] }
    : { why: null, rules: read.data.groups.flatMap(({ rules }) => rules) }
}

/** Null when they cannot be known. */
export async function askMetricNames(baseUrl: string | null, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  if (baseUrl === null) return null
  const read = await ask(`${baseUrl}/api/v1/label/__name__/values`, Names, signal)
  return 'why' in read ? null : new Set(read.data)
}

async function ask<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.infer<Schema> | { why: string }> {
  try {
    const response = await fetch(url, { signal })
    const parsed = schema.safeParse(cleanDeep(await response.json()))
    return parsed.success ? parsed.data : { why: 'Prometheus answers something that is no result' }
  } catch (error) {
    return { why: `Prometheus does not answer: ${reasonOf(error)}` }
  }
}
