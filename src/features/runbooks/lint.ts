/** What `tocsin check` says about runbooks: what cannot be read, and what points at something that is not there. */
import type { Problem } from '../../core/config.ts'
import type { Ground } from '../../core/feature.ts'
import { plural } from '../../lib/words.ts'
import { mistakeIn } from '../actions/index.ts'
import { momentOf, moments } from '../comms/index.ts'
import type { RunbooksConfig } from './config.ts'
import { isStale, readLibrary } from './library.ts'
import type { Runbook } from './runbook.ts'
import { variable } from './variables.ts'

export function lint({ config, content }: Ground): readonly Problem[] {
  const library = readLibrary(content)
  return [...library.problems, ...library.runbooks.flatMap((runbook) => deadReferences(runbook, config))]
}

const sections = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Verify', 'Communicate', 'Escalate']
const namesShown = 5

/** What nobody wrote, and what nobody reads again: the runbook works all the same. */
export function advise({ content }: Ground, now: Date): readonly string[] {
  const { runbooks } = readLibrary(content)
  const gaps = runbooks.flatMap((runbook) => {
    const missing = missingSections(runbook)
    return missing.length === 0 ? [] : [`${runbook.file}: there is nothing about ${missing.join(', ')}`]
  })
  const stale = runbooks.filter((runbook) => isStale(runbook, now)).map(({ name }) => name)
  if (stale.length === 0) return gaps
  const more = stale.length > namesShown ? `, and ${stale.length - namesShown} more` : ''
  const due = `${plural(stale.length, 'runbook waits', 'runbooks wait')} for a review: ${stale.slice(0, namesShown).join(', ')}${more}`
  return [...gaps, `${due}. Whoever has read one through writes the day into reviewed_at.`]
}

/** Of what an alert leads to. A procedure that somebody plans, and a page written without us in mind, are as they are. */
function missingSections({ alerts, meaning, impact, steps }: Runbook): string[] {
  if (alerts.length === 0) return []
  const there = new Set(steps.map(({ section }) => section.toLowerCase()))
  if (meaning !== '') there.add('meaning')
  if (impact !== '') there.add('impact')
  return sections.filter((section) => !there.has(section.toLowerCase()))
}

function deadReferences(runbook: Runbook, config: Ground['config']): Problem[] {
  const { services, severities, teams } = config
  const problems: Problem[] = []
  const databases = Object.keys((config.runbooks as RunbooksConfig).databases)
  const hold = (what: string, names: readonly string[], known: readonly string[], line = 1) => {
    for (const name of names) {
      if (known.includes(name)) continue
      problems.push({
        file: runbook.file,
        line,
        key: what,
        problem: `"${name}" is not in tocsin.yml`,
        accepted: `Use ${known.join(', ') || 'nothing: there is none'}`,
      })
    }
  }
  hold('services', runbook.services, Object.keys(services))
  hold('severity', runbook.severities, Object.keys(severities))
  if (runbook.owner !== null && !/^[UW][A-Z0-9]+$/.test(runbook.owner))
    hold('owner', [runbook.owner], Object.keys(teams))
  for (const { block, line } of runbook.steps) {
    if (block?.kind === 'page') hold('page', [block.team], Object.keys(teams), line)
    if (block?.kind === 'comms' && momentOf(block.template) === null) {
      const accepted = `Use ${moments.map(({ name }) => name).join(', ')}`
      const problem = `there is no message to clients called "${block.template}"`
      problems.push({ file: runbook.file, line, key: 'comms', problem, accepted })
    }
    if (block?.kind === 'sql') hold('check', [block.database], databases, line)
    const mistake = block?.kind === 'action' ? mistakeIn({ config }, block, variable) : null
    if (mistake !== null) problems.push({ file: runbook.file, line, key: 'action', ...mistake })
  }
  return problems
}
