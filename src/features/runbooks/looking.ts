/** What `tocsin check` says of runbooks when it may ask the outside: dead links, figures that nobody measures, coverage. */
import type { Ground } from '../../core/feature.ts'
import type { Finds, Look, Outside } from '../../core/outside.ts'
import { unescapeText } from '../../lib/mrkdwn.ts'
import { coverageOf } from './coverage/coverage.ts'
import { readLibrary } from './library.ts'
import { metricsIn } from './promql.ts'
import type { PlannedStep, Runbook } from './runbook.ts'
import { variable } from './variables.ts'

export async function look({ content }: Ground, { outside, withLinks, now }: Look): Promise<Finds> {
  const library = readLibrary(content)
  const [metrics, dead, coverage] = await Promise.all([
    missingMetrics(library.runbooks, outside),
    withLinks ? deadLinks(library.runbooks, outside) : [],
    outside.alertRules().then(({ why, rules }) => (why === null ? coverageOf(library, rules, now) : null)),
  ])
  const lines = [
    ...metrics,
    ...dead,
    ...(coverage?.missing ?? []).map((rule) => `the rule ${rule} has no runbook`),
    ...(coverage?.stale ?? []).map(({ rule, runbook }) => `the rule ${rule}: nobody reviewed ${runbook} for 90 days`),
  ]
  return { lines }
}

interface Place {
  file: string
  step: PlannedStep
}

function placesIn(runbooks: readonly Runbook[]): Place[] {
  return runbooks.flatMap(({ file, steps }) => steps.map((step) => ({ file, step })))
}

async function missingMetrics(runbooks: readonly Runbook[], outside: Outside): Promise<string[]> {
  const known = await outside.metricNames()
  if (known === null) return []
  return placesIn(runbooks).flatMap(({ file, step }) => {
    const asked = step.block?.kind === 'query' ? metricsIn(step.block.promql) : []
    const missing = asked.filter((metric) => !known.has(metric))
    return missing.map((metric) => `${file}:${step.line}: Prometheus has no metric ${metric}`)
  })
}

const atOnce = 8

async function deadLinks(runbooks: readonly Runbook[], outside: Outside): Promise<string[]> {
  const places = placesIn(runbooks).flatMap(({ file, step }) =>
    linksOf(step).map((url) => ({ where: `${file}:${step.line}`, url })),
  )
  const urls = [...new Set(places.map(({ url }) => url))]
  const whys = new Map<string, string | null>()
  for (let from = 0; from < urls.length; from += atOnce) {
    // A few at a time: somebody's wiki is no place for a storm.
    const some = urls.slice(from, from + atOnce)
    const answers = await Promise.all(some.map((url) => outside.deadBecause(url)))
    for (const [index, url] of some.entries()) whys.set(url, answers[index] ?? null)
  }
  return places.flatMap(({ where, url }) => {
    const why = whys.get(url) ?? null
    return why === null ? [] : [`${where}: ${url} is dead: ${why}`]
  })
}

/** Those that stand there as they are; one with a variable in it is known only when an alert has come. */
function linksOf({ words, block }: PlannedStep): string[] {
  const written = [...words.matchAll(/<(https?:[^|>]+)\|/g)].map((found) => unescapeText(found[1] ?? ''))
  const own = block?.kind === 'link' ? [block.url] : []
  return [...written, ...own].filter((url) => url.search(variable) < 0)
}
