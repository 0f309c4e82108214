/** The rules of heartbeats, made once from tocsin.yml. */
import type { Effect, Instant } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import { type IncomingAlert, observing } from '../alerts/index.ts'
import type { HeartbeatsConfig } from './config.ts'
import type { Policy } from './domain.ts'

export interface Rules extends Policy {
  names: readonly string[]
  /** What else comes of an alert is the alerts' to say. */
  observe(source: string, alert: IncomingAlert): readonly Effect[]
  /** Of the alert. */
  wordsOf(name: string, lastAt: Instant | null): Words
}

interface Words {
  title: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
}

export function makeRules(ground: Ground): Rules {
  const heartbeats = ground.config.heartbeats as HeartbeatsConfig
  const { templates } = ground
  return {
    names: Object.keys(heartbeats),
    spansOf: (name) => heartbeats[name] ?? null,
    observe: observing(ground),
    wordsOf(name, lastAt) {
      const { labels = {}, annotations = {}, every = 0, grace = 0 } = heartbeats[name] ?? {}
      const given = { name, lastAt, every, grace }
      const title = templates.render('heartbeats/missing', 'subject', given)
      return {
        title,
        labels,
        annotations: { summary: templates.render('heartbeats/missing', 'text', given), ...annotations },
      }
    },
  }
}
