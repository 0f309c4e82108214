/** From public facts to the words, by locale. Nothing else makes text for clients. */
import type { Instant } from '../../core/effects.ts'
import type { Templates } from '../../core/templates.ts'
import type { Locale } from './locale.ts'
import { momentOf, type Phase, standing } from './moments.ts'
import type { Public, PublicFacts } from './public.ts'
import { spanWords, wordsIn } from './status-page/words.ts'

export interface Rendered {
  subject: Public
  text: Public
  /** Three lines for those who decide: what and how it stands, who is concerned, when the next word comes. */
  brief: Public
}

/** Public names of components and what belongs to the page, from tocsin.yml. */
export interface Surroundings {
  templates: Templates
  componentName(key: string): string
  contact: string
  /** The language in which people fill in the form. */
  writtenIn: Locale
}

const levelWords: Record<Locale, Record<PublicFacts['level'], string>> = {
  en: {
    none: 'Information',
    degraded: 'Degraded performance',
    partial: 'Partial outage',
    major: 'Major outage',
    maintenance: 'Maintenance',
  },
  de: { none: 'Hinweis', degraded: 'Beeinträchtigt', partial: 'Teilausfall', major: 'Ausfall', maintenance: 'Wartung' },
}

/** Where clients believe it to be, in a word. */
export const phaseWords: Record<Locale, Record<Phase, string>> = {
  en: {
    investigating: 'being looked into',
    identified: 'the cause is found',
    monitoring: 'better, and being watched',
    resolved: 'resolved',
    scheduled: 'planned',
    in_progress: 'under way',
    completed: 'done',
    cancelled: 'called off',
    notice: 'for information',
  },
  de: {
    investigating: 'wird untersucht',
    identified: 'Ursache gefunden',
    monitoring: 'besser, wird beobachtet',
    resolved: 'behoben',
    scheduled: 'geplant',
    in_progress: 'im Gange',
    completed: 'erledigt',
    cancelled: 'abgesagt',
    notice: 'zur Kenntnis',
  },
}

const dataLossWords: Record<Locale, Record<'none' | 'some' | 'unknown', string>> = {
  en: { none: 'No data was lost.', some: 'Some data was lost.', unknown: 'We do not know yet whether data was lost.' },
  de: {
    none: 'Es gingen keine Daten verloren.',
    some: 'Es gingen Daten verloren.',
    unknown: 'Ob Daten verloren gingen, wissen wir noch nicht.',
  },
}

const everything: Record<Locale, string> = { en: 'our services', de: 'unsere Dienste' }
const and: Record<Locale, string> = { en: 'and', de: 'und' }

export function render(moment: string, facts: PublicFacts, locale: Locale, surroundings: Surroundings): Rendered {
  const { templates, componentName, contact } = surroundings
  const names = facts.components.map(componentName)
  const data = {
    name: facts.name,
    level: levelWords[locale][facts.level],
    ...stateOf(moment, locale),
    components: names.length === 0 ? everything[locale] : joined(names, and[locale]),
    regions: facts.regions,
    symptom: sentence(facts.symptom),
    workaround: sentence(facts.workaround),
    correction: sentence(facts.correction),
    dataLossWords:
      facts.dataLoss === null ? '' : sentence(facts.dataLoss.words) || dataLossWords[locale][facts.dataLoss.state],
    startedAt: facts.startedAt,
    lasted: facts.endedAt === undefined ? '' : lasted(facts.startedAt, facts.endedAt, locale),
    nextUpdateBy: facts.nextUpdateBy ?? '',
    windowFrom: facts.window?.from ?? '',
    windowTo: facts.window?.to ?? '',
    contact,
  }
  const name = `comms/${locale}/${moment}`
  // Made of public facts and the template alone, so the whole is public.
  return {
    subject: templates.render(name, 'subject', data).replace(/\s+/g, ' ').trim() as Public,
    text: tidy(
      [templates.render(name, 'text', data), ...originalLanguage(facts, locale, surroundings)].join('\n'),
    ) as Public,
    brief: tidy(templates.render(`comms/${locale}/brief`, 'text', data)) as Public,
  }
}

function lasted(from: Instant, until: Instant, locale: Locale): string {
  return spanWords(Math.max(0, Date.parse(until) - Date.parse(from)), wordsIn(locale))
}

/** How it stands, for those who read no more than three lines. A correction says what is correct, and changes no state. */
function stateOf(moment: string, locale: Locale) {
  const phase = momentOf(moment)?.phase ?? 'notice'
  const state = phaseWords[locale][phase]
  const isOver = standing(phase) === 'over'
  return {
    state: isOver ? capitalized(state, locale) : state,
    isOver,
    isGoingOn: standing(phase) === 'going-on',
    isCorrection: moment === 'correction',
  }
}

function capitalized(words: string, locale: Locale): string {
  return words.slice(0, 1).toLocaleUpperCase(locale) + words.slice(1)
}

/** Nobody translates at night: who reads words of another language is told which. */
function originalLanguage(facts: PublicFacts, locale: Locale, { templates, writtenIn }: Surroundings): string[] {
  const { symptom, workaround, correction } = facts
  const isSaidFreely = [symptom, workaround, correction].some((words) => words !== '')
  if (locale === writtenIn || !isSaidFreely) return []
  return [templates.render(`comms/${locale}/original-language`, 'text', { language: languages[locale][writtenIn] })]
}

const languages: Record<Locale, Record<Locale, string>> = {
  en: { en: 'English', de: 'German' },
  de: { en: 'Englisch', de: 'Deutsch' },
}

/** What was published, in one list. */
export function renderDigest(
  told: readonly { title: string; phase: Phase; components: readonly string[]; from: Instant }[],
  locale: Locale,
  { templates, componentName }: Pick<Surroundings, 'templates' | 'componentName'>,
): Pick<Rendered, 'subject' | 'text'> {
  const stories = told.map(({ title, phase, components, from }) => ({
    title,
    state: phaseWords[locale][phase],
    components: joined(components.map(componentName), and[locale]) || everything[locale],
    from,
  }))
  const data = { count: stories.length, stories }
  const name = `comms/${locale}/digest`
  // Made of what is published already, so the whole is public.
  return {
    subject: templates.render(name, 'subject', data) as Public,
    text: templates.render(name, 'text', data) as Public,
  }
}

/** Messages that came within minutes, in one mail. */
export function renderGathered(
  messages: readonly Pick<Rendered, 'subject' | 'text'>[],
  locale: Locale,
  { templates }: Pick<Surroundings, 'templates'>,
): Rendered {
  const data = { count: messages.length, last: messages.at(-1)?.subject ?? '', messages }
  const name = `comms/${locale}/gathered`
  // Made of what is published already, so the whole is public.
  const text = tidy(templates.render(name, 'text', data)) as Public
  return { subject: templates.render(name, 'subject', data).replace(/\s+/g, ' ').trim() as Public, text, brief: text }
}

function joined(names: readonly string[], word: string): string {
  const [last = '', ...others] = names.toReversed()
  return others.length === 0 ? last : `${others.toReversed().join(', ')} ${word} ${last}`
}

/** People leave the full stop out; two sentences in one would read as a mistake. */
function sentence(words: string): string {
  return words === '' || /[.!?…:]$/.test(words) ? words : `${words}.`
}

function tidy(text: string): string {
  return text
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .replace(/ +([.,!?])/g, '$1')
    .trim()
}
