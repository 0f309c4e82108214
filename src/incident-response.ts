/**
 * How we respond to incidents, as one page to read: made from tocsin.yml and from the graph itself, so that the written
 * process cannot be another than the one that is run.
 */
import type { Config } from './config.ts'
import type { EscalationConfig } from './features/escalation/config.ts'
import { climbOf } from './features/escalation/config.ts'
import type { IncidentsConfig } from './features/incidents/config.ts'
import { statuses, waysFrom } from './features/incidents/lifecycle.ts'
import type { UpdatesConfig } from './features/updates/config.ts'
import { formatDuration } from './lib/duration.ts'

export function incidentResponsePage(config: Config): string {
  const incidents = config.incidents as IncidentsConfig
  const escalation = config.escalation as EscalationConfig
  const updates = config.updates as UpdatesConfig
  return [
    severities(config),
    roles(incidents),
    states(incidents),
    promises(updates, escalation),
    ladders(escalation),
  ].join('\n')
}

function severities({ severities: all, incidents }: Config): string {
  const { impacts } = incidents as IncidentsConfig
  const sections = Object.entries(all).map(([name, severity]) => {
    const {
      meaning,
      examples,
      page,
      mail,
      acknowledgeWithin,
      updateEvery,
      roles: wanted,
      dataLoss,
      postmortem,
    } = severity
    const noticed = impacts.filter((impact) => impact.severity === name).map(({ notice }) => notice)
    return list(`### ${name}: ${meaning}`, [
      ...optional('For example', examples.join('; ')),
      ...optional('What clients notice', noticed.join('; ')),
      ...optional('Paged', page === null ? '' : `the team of the service, else ${page}`),
      ...optional('Hears by e-mail', mail.join(', ')),
      ...optional('Acknowledged within', acknowledgeWithin === null ? '' : formatDuration(acknowledgeWithin)),
      ...optional('Update every', cadence(updateEvery)),
      ...optional('Roles to be filled', wanted.join(', ')),
      ...(dataLoss ? ['At its end it is asked whether data was lost.'] : []),
      ...(postmortem ? ['It is looked back on when it is over.'] : []),
    ])
  })
  return `## How grave is it?\n\nWhen in doubt, the graver one. Lowering it needs a reason.\n\n${sections.join('\n')}`
}

function cadence(every: Config['severities'][string]['updateEvery']): string {
  if (every === null) return ''
  if (typeof every === 'number') return formatDuration(every)
  return Object.entries(every)
    .map(([status, span]) => `${formatDuration(span)} while ${status}`)
    .join(', ')
}

function roles({ roles: all, leadDuties, askForLead, handoverWithin }: IncidentsConfig): string {
  return list('## Who does what', [
    `**incident lead** decides. ${leadDuties}`.trim(),
    ...Object.entries(all).map(([name, { duties }]) => `**${name}** ${duties}`.trim()),
    `While nobody leads, the channel is asked after ${spans(askForLead)}, and then no more.`,
    `A hand-over counts when it is accepted; after ${formatDuration(handoverWithin)} it is said that nobody took it.`,
  ])
}

function states({ askToClose, archiveAfter }: IncidentsConfig): string {
  const archived = archiveAfter === null ? 'never archived' : `archived ${formatDuration(archiveAfter)} later`
  return list('## From declared to closed', [
    ...statuses
      .filter((status) => waysFrom(status).length > 0)
      .map((status) => `**${status}** can become ${waysFrom(status).join(', ')}`),
    `Nothing closes by itself: the lead is asked ${spans(askToClose)} after the end. Its channel is ${archived}.`,
  ])
}

function promises({ askAfter }: UpdatesConfig, { lateUpdates, who }: EscalationConfig): string {
  const told = lateUpdates.who.map((word) => named(word, who)).join(', ')
  return list('## Updates', [
    `A late one is asked for ${spans(askAfter.filter((after) => after > 0))} after it was due${askAfter.includes(0) ? ', and when it is due' : ''}: of communications first, then of the lead.`,
    ...(told === '' || lateUpdates.severities.length === 0
      ? []
      : [`At ${lateUpdates.severities.join(', ')} the last time tells ${told}.`]),
  ])
}

function ladders({ ladders: all, who }: EscalationConfig): string {
  const sections = Object.entries(all).map(([name, given]) => {
    const { how, rungs } = climbOf(given)
    const services = given.services === null ? '' : ` of ${given.services.join(', ')}`
    const verb = how === 'page' ? 'page' : 'tell'
    return list(
      `### ${name}: ${given.severities.join(', ')}${services}`,
      rungs.map(
        ({ after, who: words, unless }) =>
          `${after === 0 ? 'at once' : `after ${formatDuration(after)}`}: ${verb} ${words.map((word) => named(word, who)).join(', ')}, ${needless[unless]}`,
      ),
    )
  })
  return `## While nothing happens\n\nCounted from the declaration. \`/inc why\` says what came of each.\n\n${sections.join('\n')}`
}

const needless = {
  acknowledged: 'unless it is acknowledged',
  led: 'unless somebody leads',
  over: 'unless it is over',
} as const

function named(word: string, who: EscalationConfig['who']): string {
  return `${word} (${(who[word] ?? []).join(', ')})`
}

function spans(all: readonly number[]): string {
  return all.map(formatDuration).join(', ')
}

function optional(label: string, words: string): string[] {
  return words === '' ? [] : [`${label}: ${words}`]
}

function list(heading: string, lines: readonly string[]): string {
  return `${heading}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`
}
