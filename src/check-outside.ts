/** The part of `tocsin check` that asks: Prometheus when it is configured, and with --online every link. */
import { createOutside } from './adapters/probe/outside.ts'
import type { Config } from './config.ts'
import { groundOf } from './core/feature.ts'
import { slotsOf } from './core/slots.ts'
import type { Templates } from './core/templates.ts'
import { features } from './features/index.ts'

export interface AskedOf {
  config: Config
  templates: Templates
  prometheusUrl: string | null
  isOnline: boolean
  now: Date
}

export async function lookOutside({ config, templates, prometheusUrl, isOnline, now }: AskedOf): Promise<string[]> {
  if (prometheusUrl === null && !isOnline) return []
  const outside = createOutside({ prometheusUrl })
  const ground = { config, templates, slots: slotsOf([]), publicUrl: '', linkSecret: '' }
  const found = await Promise.all(
    features.map((feature) => feature.look?.(groundOf(feature, ground), { outside, withLinks: isOnline, now })),
  )
  return found.flatMap((finds) => finds?.lines ?? [])
}
