/**
 * What a feature to the right asks for in the words that people use: a verb, a target, values. Nothing is split or read
 * as a line here, so a value from outside stays one value, which the catalogue accepts or refuses as a whole.
 */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import type { Ground } from '../../core/feature.ts'
import type { ModalView } from '../../core/modals.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { nearest } from '../../lib/words.ts'
import { aggregate } from './aggregate.ts'
import { askForAction, type Wish } from './asking.ts'
import { catalogueOf } from './catalogue.ts'
import type { ActionsConfig } from './config.ts'
import { openConfirmForm } from './confirming.ts'
import type { Origin } from './domain.ts'
import type { Entry } from './entry.ts'
import { readParams } from './request.ts'
import type { Rules } from './rules.ts'

export interface WrittenWish {
  /** The verb of an entry of the catalogue, or its name. */
  action: string
  /** `checkout/production`, `checkout production`, or `checkout` alone when it has but one environment. */
  target: string
  parameters: Readonly<Record<string, string>>
  reason: string
  incident: string | null
  origin: Origin
}

/** In the name of whoever pressed, if they may. */
export async function askAsWritten(call: Call, written: WrittenWish): Promise<Answer> {
  const wish = wishOf(call, written)
  return 'problem' in wish
    ? refuse(`${escapeInline(wish.problem)}. ${escapeInline(wish.accepted)}.`)
    : askForAction(call, wish)
}

/** The form that is opened instead where a phrase must be typed first, which is for what is gravest. Null elsewhere. */
export function phraseForm(call: Call, written: WrittenWish): ModalView | null {
  const wish = wishOf(call, written)
  if ('problem' in wish) return null
  const rules: Rules = call.policy(aggregate)
  const entry = rules.catalogue.get(wish.name)
  return entry?.confirms === 'both' ? openConfirmForm(entry, wish) : null
}

function wishOf(call: Call, written: WrittenWish): Wish | Mistake {
  const rules: Rules = call.policy(aggregate)
  const meant = entryMeant(rules.catalogue, written.action, (target) => isNamed(target, written.target))
  if ('problem' in meant) return meant
  const { parameters, reason, incident, origin } = written
  return { name: meant.entry.name, target: meant.target, params: { ...parameters }, reason, incident, origin }
}

export interface Mistake {
  problem: string
  accepted: string
}

/**
 * Whether the catalogue has what a page writes, for `tocsin check`. `isVariable` are parts that are filled in later: in
 * a target any name may come to stand there, and a value is not looked at.
 */
export function mistakeIn(
  { config }: Pick<Ground, 'config'>,
  written: Pick<WrittenWish, 'action' | 'target' | 'parameters'>,
  variable: RegExp,
): Mistake | null {
  const pattern = new RegExp(`^${written.target.replace(variable, '\0').split('\0').map(RegExp.escape).join('.+')}$`)
  const hasVariable = written.target.search(variable) >= 0
  const fits = (target: string) =>
    hasVariable ? pattern.test(target) || pattern.test(target.replace('/', ' ')) : isNamed(target, written.target)
  const meant = entryMeant(catalogueOf(config.actions as ActionsConfig), written.action, fits, hasVariable)
  if ('problem' in meant) return meant
  const fixed = Object.entries(written.parameters).filter(([, value]) => value.search(variable) < 0)
  const names = Object.keys(written.parameters)
  const stranger = names.find((name) => !Object.hasOwn(meant.entry.params, name))
  const read = stranger === undefined ? valuesFit(meant.entry, Object.fromEntries(fixed), names) : null
  if (stranger !== undefined)
    return {
      problem: `${written.action} has no parameter "${stranger}"`,
      accepted: `Use ${Object.keys(meant.entry.params).join(', ') || 'none'}`,
    }
  return read
}

function valuesFit(entry: Entry, fixed: Record<string, string>, named: readonly string[]): Mistake | null {
  const known = Object.entries(entry.params).filter(([name]) => !named.includes(name) || Object.hasOwn(fixed, name))
  const read = readParams({ ...entry, params: Object.fromEntries(known) }, fixed)
  return 'bad' in read ? { problem: `"${read.bad}" does not fit`, accepted: `Write ${read.accepted}` } : null
}

type Meant = { entry: Entry; target: string } | Mistake

function entryMeant(
  catalogue: ReadonlyMap<string, Entry>,
  action: string,
  fits: (target: string) => boolean,
  isLoose = false,
): Meant {
  const word = action.toLowerCase()
  const entries = [...catalogue.values()].filter((entry) => entry.verb === word || entry.name === word)
  if (entries.length === 0) {
    const near = nearest(
      word,
      [...catalogue.values()].flatMap(({ verb, name }) => [verb, name]),
    )
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}` : 'Add it to actions.catalogue in tocsin.yml'
    return { problem: `the catalogue of actions has no "${action}"`, accepted: hint }
  }
  const all = entries.flatMap((entry) => entry.targets.map((target) => ({ entry, target })))
  const found = all.filter(({ target }) => fits(target))
  const [first, second] = found
  const known = `There is ${all.map(({ target }) => target.replace('/', ' ')).join(', ')}`
  if (!first) return { problem: `"${action}" cannot be done to that`, accepted: known }
  const isOne = isLoose || !second || found.every(({ target }) => target === first.target)
  return isOne ? first : { problem: `"${action}" can be done in more than one environment`, accepted: known }
}

/** Exactly, as a whole: a name with a blank in it is no two names. */
function isNamed(target: string, written: string): boolean {
  return target === written || target.replace('/', ' ') === written || target.split('/')[0] === written
}
