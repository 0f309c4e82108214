/** The rules of messages to clients, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import type { CommsConfig } from './config.ts'
import type { Policy } from './domain.ts'
import { lint } from './lint.ts'
import type { PublicFacts } from './public.ts'
import { type Locale, locales, type Rendered, render, type Surroundings } from './rendering.ts'

export interface Audience {
  name: string
  locale: Locale
  slack: readonly string[]
  mail: readonly string[]
  isBrief: boolean
}

export interface Rules extends Policy, Surroundings {
  announceIn: string
  audiences: readonly Audience[]
  components: readonly { key: string; name: string; group: string }[]
  nextAfter(severity: string): number | null
  renderIn(moment: string, facts: PublicFacts, locale: Locale): Rendered
}

const minute = 60_000

export function makeRules({ config, templates }: Ground): Rules {
  const own = config.comms as CommsConfig
  const components = Object.entries(own.components).map(([key, component]) => ({ key, ...component }))
  const surroundings = {
    templates,
    contact: own.contact,
    componentName: (key: string) => own.components[key]?.name ?? '',
  }
  const used = [...new Set(Object.values(own.audiences).map((audience) => audience.locale))]
  const spoken = used.length === 0 ? [locales[0]] : used
  const words = {
    ...own.words,
    // A service's own name is internal unless clients know it by that.
    internal: [...own.words.internal, ...Object.keys(config.teams)],
  }
  return {
    ...surroundings,
    announceIn: config.channels.incidents,
    isSolo: own.solo,
    needsSecondPerson: (severity) => own.secondPerson.includes(severity),
    firstDueAfter: (severity) => own.firstDue[severity] ?? null,
    nextAfter: (severity) => own.nextAfter[severity] ?? null,
    remindEvery: [0, 5 * minute, 10 * minute],
    audiences: Object.entries(own.audiences).map(([name, audience]) => ({ name, ...audience })),
    components,
    renderIn: (moment, facts, locale) => render(moment, facts, locale, surroundings),
    render: (moment, facts) => spoken.map((locale) => render(moment, facts, locale, surroundings)),
    lint: (moment, rendered, facts) => lint(moment, rendered, facts, words),
  }
}
