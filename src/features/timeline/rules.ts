/** The rules of timelines, made once from tocsin.yml and the templates: what adds to one, and what it has words for. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { TimelineConfig } from './config.ts'

export interface Rules {
  templates: Templates
  announceIn: string
  /** The kinds of events that are shown: those for which there is a template. */
  types: readonly string[]
  isReaction(name: string): boolean
  /** What we put on a message that is in the timeline, so that everybody sees that it is. */
  mark: string | null
}

const folder = 'timeline/events/'
const ending = '.slack'

export function makeRules({ config, templates }: Ground): Rules {
  const { reactions } = config.timeline as TimelineConfig
  const worded = templates.names().filter((name) => name.startsWith(folder) && name.endsWith(ending))
  return {
    templates,
    announceIn: config.channels.incidents,
    types: worded.map((name) => typeOf(name.slice(folder.length, -ending.length))).toSorted(),
    mark: reactions[0] ?? null,
    isReaction: (name) => reactions.includes(name),
  }
}

/** `incident.severityChanged` is worded by `incident-severity-changed`. */
export function templateOf(type: string): string {
  return folder + type.replace('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function typeOf(template: string): string {
  return template.replace('-', '.').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
