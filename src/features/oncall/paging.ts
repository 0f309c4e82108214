/**
 * How features to the right page: effects by which a page is sent, answered and closed. Nobody else emits `pager.*`,
 * so whoever is called through PagerDuty, and whoever through us, is decided in one place.
 */
import type { PageSeverity, PerformEffect } from '../../core/effects.ts'
import { slug } from '../../lib/words.ts'
import type { About, Via } from './domain.ts'

export interface Paged {
  about: About
  summary: string
  severity: PageSeverity
  /** The severity of tocsin.yml that it stands for. */
  priority?: string
  link?: string
}

export function pageTeam(team: string, paged: Paged): PerformEffect {
  return send(pageId(paged.about, team), { team, person: null }, paged)
}

export function pagePerson(person: string, paged: Paged): PerformEffect {
  return send(pageId(paged.about, person), { team: null, person }, paged)
}

function send(id: string, target: { team: string | null; person: string | null }, paged: Paged): PerformEffect {
  const { about, summary, severity, priority = null, link = null } = paged
  return {
    kind: 'perform',
    feature: 'pages',
    id,
    isUrgent: true,
    command: { type: 'page.send', target, summary, severity, priority, link, about, isTest: false },
  }
}

/** Somebody has it, so nobody else need be woken. Whom: a team, or a person's id. */
export function acknowledgePage(about: About, whom: string, by: string | null, via: Via = 'lead'): PerformEffect {
  return { kind: 'perform', feature: 'pages', id: pageId(about, whom), command: { type: 'page.acknowledge', by, via } }
}

export function resolvePage(about: About, whom: string): PerformEffect {
  return { kind: 'perform', feature: 'pages', id: pageId(about, whom), command: { type: 'page.resolve' } }
}

/** It became graver, or less grave; nobody is called again for it. */
export function reprioritizePage(about: About, whom: string, priority: string): PerformEffect {
  return {
    kind: 'perform',
    feature: 'pages',
    id: pageId(about, whom),
    command: { type: 'page.reprioritize', priority },
  }
}

/** Where it is worked on, for whoever is called. */
export function linkPage(about: About, whom: string, link: string): PerformEffect {
  return { kind: 'perform', feature: 'pages', id: pageId(about, whom), command: { type: 'page.link', link } }
}

/** For whoever holds the phone in PagerDuty. Nothing for a page that is not there. */
export function notePage(about: About, whom: string, text: string): PerformEffect {
  return { kind: 'perform', feature: 'pages', id: pageId(about, whom), command: { type: 'page.note', text } }
}

/** One page a subject and target: whoever asks again finds the one that is under way. Part of addresses, so plain. */
export function pageId({ feature, id }: About, whom: string): string {
  return `${feature}-${slug(id, 60)}-${nameInId(whom)}`
}

/** A page that a person sends: one under way at a time for each target. */
export function handPageId(whom: string, isTest: boolean): string {
  return `${isTest ? 'test' : 'hand'}-${nameInId(whom)}`
}

function nameInId(whom: string): string {
  return /^[UW][A-Z0-9]+$/.test(whom) ? whom : slug(whom, 60)
}
