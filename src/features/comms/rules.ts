/** The rules of messages to clients, made once from tocsin.yml. */
import { createHmac } from 'node:crypto'
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { CommsConfig } from './config.ts'
import type { Policy } from './domain.ts'
import { lint } from './lint.ts'
import type { Locale } from './locale.ts'
import type { PublicFacts } from './public.ts'
import { render } from './rendering.ts'

export interface Audience {
  name: string
  kind: 'client' | 'internal' | 'executive'
  locale: Locale
  slack: readonly string[]
  mail: readonly string[]
}

export interface Webhook {
  name: string
  url: string
  secretVariable: string
  locale: Locale
}

export interface Component {
  key: string
  name: string
  group: string
  services: readonly string[]
}

/** What is done with a mail of which nobody knows whether it arrived. */
export type MailInDoubt = 'send-again' | 'ask'

export interface Rules extends Policy {
  mailInDoubt: MailInDoubt
  /** How many mails a subscriber gets within five minutes before the rest is gathered in one. */
  mailsAtOnce: number
  templates: Templates
  announceIn: string
  reviewIn: string
  approvers: string
  audiences: readonly Audience[]
  webhooks: readonly Webhook[]
  components: readonly Component[]
  locales: readonly Locale[]
  severities: readonly string[]
  componentKeys: readonly string[]
  publicUrl: string
  /** Milliseconds until the next message, when nobody says otherwise; null promises none. */
  nextAfter(severity: string, phase: string): number | null
  componentsOf(service: string | null): readonly string[]
  componentName(key: string): string
  servicesOf(components: readonly string[]): readonly string[]
  findings(moment: string, facts: PublicFacts): ReturnType<Policy['lint']>
  sign(what: string): string
}

export function makeRules({ config, templates, publicUrl, linkSecret }: Ground): Rules {
  const own = config.comms as CommsConfig
  const components = Object.entries(own.components).map(([key, component]) => ({ key, ...component }))
  const componentName = (key: string) => own.components[key]?.name ?? ''
  const [writtenIn = 'en'] = own.locales
  const surroundings = { templates, contact: own.contact, componentName, writtenIn }
  const locales = [...new Set([...own.locales, ...Object.values(own.audiences).map(({ locale }) => locale)])]
  // A team's name says nothing to clients; a service's own name neither, unless they know it by that.
  const known = components.flatMap(({ key, name }) => [key, ...name.toLowerCase().split(/\s+/)])
  const services = Object.keys(config.services).filter((service) => !known.includes(service.toLowerCase()))
  const words = { ...own.words, internal: [...own.words.internal, ...Object.keys(config.teams), ...services] }
  const renderAll: Policy['renderAll'] = (moment, facts) =>
    Object.fromEntries(locales.map((locale) => [locale, render(moment, facts, locale, surroundings)]))
  return {
    templates,
    mailInDoubt: own.mailInDoubt,
    mailsAtOnce: own.mailsAtOnce,
    announceIn: config.channels.incidents,
    reviewIn: own.reviewIn,
    approvers: own.approvers,
    disclosers: own.disclosers,
    isSolo: own.solo,
    needsSecondPerson: (what) => own.secondPerson.includes(what),
    needsImpact: (severity) => own.needsImpact.includes(severity),
    firstDueAfter: (severity) => own.firstDue[severity] ?? null,
    nextAfter(severity, phase) {
      const after = own.nextAfter[severity] ?? null
      return typeof after === 'object' && after !== null ? (after[phase] ?? null) : after
    },
    callsWhenOverdue: (severity) => own.callWhenOverdue.includes(severity),
    remindAfter: own.remindAfter.toSorted((a, b) => a - b),
    remindOfWorkBefore: own.remindOfWork,
    askAboutEndAt: [-own.askBeforeEnd, 0],
    audiences: Object.entries(own.audiences).map(([name, audience]) => ({ name, ...audience })),
    webhooks: Object.entries(own.webhooks).map(([name, webhook]) => ({ name, ...webhook })),
    components,
    locales,
    severities: Object.keys(config.severities),
    componentKeys: components.map(({ key }) => key),
    publicUrl,
    componentName,
    componentsOf: (service) =>
      components.filter(({ services: stands }) => service !== null && stands.includes(service)).map(({ key }) => key),
    servicesOf: (keys) => [...new Set(keys.flatMap((key) => own.components[key]?.services ?? []))],
    renderAll,
    lint: (moment, rendered, facts) => lint(moment, Object.values(rendered), facts, words),
    findings: (moment, facts) => lint(moment, Object.values(renderAll(moment, facts)), facts, words),
    sign: (what) => createHmac('sha256', linkSecret).update(what).digest('base64url').slice(0, 32),
  }
}
