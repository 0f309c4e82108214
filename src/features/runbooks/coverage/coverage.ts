/** Which alerting rules have a runbook that somebody reviewed lately. Pure. */
import type { AlertRule } from '../../../core/effects.ts'
import { type Library, matching } from '../library.ts'

/** Rules by their names. */
export interface Coverage {
  covered: readonly string[]
  /** There is one, and nobody reviewed it for 90 days. */
  stale: readonly { rule: string; runbook: string; reviewedAt: string | null }[]
  missing: readonly string[]
}

const reviewedWithin = 90 * 86_400_000

export function coverageOf(library: Library, rules: readonly AlertRule[], now: Date): Coverage {
  const byName = Map.groupBy(rules, ({ name }) => name)
  const all = [...byName.keys()].toSorted().map((rule) => {
    // A rule of one name may stand there several times, with other labels: one runbook for any of them is one.
    const runbooks = (byName.get(rule) ?? []).flatMap((one) => matching(library, occasionOf(one)).runbooks)
    const fresh = runbooks.find(
      ({ reviewedAt }) => reviewedAt !== null && now.getTime() - Date.parse(reviewedAt) <= reviewedWithin,
    )
    return { rule, fresh, any: runbooks[0] }
  })
  return {
    covered: all.flatMap(({ rule, fresh }) => (fresh ? [rule] : [])),
    stale: all.flatMap(({ rule, fresh, any }) =>
      !fresh && any ? [{ rule, runbook: any.name, reviewedAt: any.reviewedAt }] : [],
    ),
    missing: all.flatMap(({ rule, any }) => (any ? [] : [rule])),
  }
}

function occasionOf({ name, labels, annotations }: AlertRule) {
  const pointers = [labels.runbook, labels.runbook_url, annotations.runbook, annotations.runbook_url]
  return {
    labels: { ...labels, alertname: name },
    pointers: pointers.filter((pointer) => pointer !== undefined),
    service: labels.service ?? null,
    severity: labels.severity ?? '',
  }
}
