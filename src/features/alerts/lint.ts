/** What `tocsin check` says of alerts beyond the configuration: nobody who is woken, and alert rules that say too little. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { loadYaml, type Mismatch, type Problem } from '../../core/config.ts'
import type { Ground, LintedAt } from '../../core/feature.ts'
import type { AlertsConfig } from './config.ts'

export function lint(
  { config }: Pick<Ground, 'config'>,
  { file, lineOf }: Pick<LintedAt, 'file' | 'lineOf'>,
): Problem[] {
  const { routes, ruleFiles } = config.alerts as AlertsConfig
  const wakesNobody = routes.flatMap(({ open, page }, index): Problem[] => {
    if (open === null || page !== null || config.severities[open]?.page) return []
    return [
      {
        file,
        line: lineOf(['alerts', 'routes', index, 'open']),
        key: `alerts.routes[${index}].open`,
        problem: `opens a ${open}, for which nobody is paged`,
        accepted: `Name a team in page, here or in severities.${open}; or use triage`,
      },
    ]
  })
  return [
    ...wakesNobody,
    ...ruleFiles.flatMap((name, index) => {
      const line = lineOf(['alerts', 'ruleFiles', index])
      return lintRuleFile(name, config, { file, line, key: `alerts.ruleFiles[${index}]` })
    }),
  ]
}

// Only what is looked at; whatever else Prometheus reads is for promtool to judge.
const texts = z.record(z.string(), z.coerce.string()).default({})
const RuleFile = z.looseObject({
  groups: z.array(
    z.looseObject({
      rules: z.array(
        z.looseObject({
          alert: z.string().optional(),
          expr: z.coerce.string(),
          labels: texts,
          annotations: texts,
        }),
      ),
    }),
  ),
})

function lintRuleFile(
  file: string,
  config: Ground['config'],
  named: Pick<Problem, 'file' | 'line' | 'key'>,
): Problem[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    const accepted = 'Name a file with Prometheus alerting rules'
    return [{ ...named, problem: `${file} cannot be read`, accepted }]
  }
  return lintRules(text, file, config)
}

/** Whoever is woken by an alert must know how bad it is, whose it is, how far off it is, and what to do. */
export function lintRules(text: string, file: string, config: Pick<Ground['config'], 'teams' | 'services'>): Problem[] {
  const loaded = loadYaml(text, file, RuleFile, (parsed) =>
    parsed.groups.flatMap((group, g) =>
      group.rules.flatMap((rule, r) => checkRule(rule, ['groups', g, 'rules', r], config)),
    ),
  )
  return 'problems' in loaded ? loaded.problems : []
}

type Rule = z.infer<typeof RuleFile>['groups'][number]['rules'][number]

function checkRule(
  { alert, expr, labels, annotations }: Rule,
  path: readonly (string | number)[],
  { teams, services }: Pick<Ground['config'], 'teams' | 'services'>,
): Mismatch[] {
  // A recording rule wakes nobody.
  if (alert === undefined) return []
  const found: Mismatch[] = []
  const miss = (where: string, problem: string, accepted: string) =>
    found.push({ path: [...path, where], problem: `${alert} ${problem}`, accepted })
  // What is always on, as a sign of life, has none on purpose.
  if (!/[<>]=?|[!=]=|\babsent(_over_time)?\(|\bchanges\(|\bresets\(|^\s*vector\(/.test(expr))
    miss('expr', 'has no threshold', 'Compare with a number: > 0.01')
  if (!labels.severity) miss('labels', 'has no severity', 'Add severity: critical, warning or info')
  const { team, service } = labels
  if (!team && !service) miss('labels', 'has no recipient', 'Add team or service')
  // A label may be filled in by the rule itself: {{ $labels.service }}.
  if (team && !team.includes('{{') && !(team in teams))
    miss('labels', `is for "${team}", which is no team`, listed(teams))
  if (service && !service.includes('{{') && !team && !(service in services))
    miss('labels', `is for "${service}", which is no service`, listed(services))
  if (!annotations.runbook_url && !annotations.runbook)
    miss('annotations', 'has no runbook', 'Add runbook_url: an address, a path or a name')
  return found
}

function listed(known: object): string {
  return `Use ${Object.keys(known).join(', ') || 'a key of tocsin.yml'}`
}
