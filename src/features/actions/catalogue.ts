/** The catalogue as the rules read it: made once from tocsin.yml, nothing in it can be changed from Slack. */
import type { GroupMembers } from '../../core/permissions.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import type { ActionsConfig, EntryConfig, ParamSpec } from './config.ts'
import type { Entry, Need, ParamRule, Tier } from './entry.ts'
import { executors } from './executors/index.ts'

export type Groups = Readonly<Record<string, GroupMembers>>

export function catalogueOf(config: ActionsConfig): ReadonlyMap<string, Entry> {
  return new Map(Object.entries(config.catalogue).map(([name, entry]) => [name, entryOf(name, entry)]))
}

function entryOf(name: string, entry: EntryConfig): Entry {
  const tier = Number(entry.tier.slice(1)) as Tier
  const { title, verb, targets, executor, request, holdAfter, freezes, breakGlass, mayAutomate } = entry
  return {
    name,
    title,
    verb,
    targets,
    tier,
    executor,
    request,
    needs: needsOf(entry, tier),
    isFreeInIncident: tier === 1 && entry.approve === null,
    confirms: entry.confirm ?? (tier === 3 ? 'both' : 'none'),
    timeoutSeconds: Math.ceil(entry.timeout / 1_000),
    holdAfter,
    freezes: tier === 0 ? 'ignore' : freezes,
    breakGlass,
    mayAutomate,
    hasProbes: entry.verify !== null,
    canStop: executors.find((one) => one.name === executor)?.canStop ?? false,
    sha: fingerprint(entry),
    params: Object.fromEntries(Object.entries(entry.params).map(([param, spec]) => [param, ruleOf(spec)])),
  }
}

/** T1 wants one approval outside of an incident, T2 one always; T3 says itself who. */
function needsOf({ approve }: EntryConfig, tier: Tier): readonly Need[] {
  if (approve !== null) return approve
  return tier === 0 ? [] : [{ group: 'approvers', count: 1 }]
}

function ruleOf(spec: ParamSpec): ParamRule {
  const { meaning, optional: isOptional } = spec
  switch (spec.type) {
    case 'enum':
      return {
        isOptional,
        meaning,
        read: (given) =>
          spec.values.includes(String(given))
            ? { value: String(given) }
            : { accepted: `one of ${spec.values.join(', ')}` },
      }
    case 'range':
      return {
        isOptional,
        meaning,
        read(given) {
          const number = /^(0|-?[1-9]\d{0,14})$/.test(String(given)) ? Number(given) : Number.NaN
          return number >= spec.min && number <= spec.max
            ? { value: number }
            : { accepted: `a whole number from ${spec.min} to ${spec.max}` }
        },
      }
    case 'pattern': {
      const whole = new RegExp(`^(?:${spec.pattern})$`, 'u')
      const accepted = `at most ${spec.max} characters like ${spec.pattern}, no dash in front`
      return { isOptional, meaning, read: (given) => readText(String(given), spec.max, whole, accepted) }
    }
    case 'lookup': {
      const accepted = 'a name of letters, digits and . _ : / @ + -, no dash in front'
      return { isOptional, meaning, read: (given) => readText(String(given), 200, /^[\w.:/@+-]+$/u, accepted) }
    }
  }
}

/** Whatever the pattern allows: no control characters, and nothing that a program would take for an option. */
function readText(
  text: string,
  max: number,
  whole: RegExp,
  accepted: string,
): { value: string } | { accepted: string } {
  const isSafe = text.length > 0 && text.length <= max && !/\p{Cc}/u.test(text) && !text.startsWith('-')
  return isSafe && whole.test(text) ? { value: text } : { accepted }
}
