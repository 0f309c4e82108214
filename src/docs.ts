/** The reference pages that are made from the code, so that they cannot be wrong. `tocsin docs` writes them. */
import { readFileSync } from 'node:fs'
import { readConfig } from './config.ts'
import { usage } from './core/commands.ts'
import type { Feature } from './core/feature.ts'
import { printManifest } from './core/manifest.ts'
import { addMeasures } from './core/measures.ts'
import { createMetrics } from './core/metrics.ts'
import { hookTokenPrefix, type Variable, variables } from './env.ts'
import { features } from './features/index.ts'
import { incidentResponsePage } from './incident-response.ts'

export interface GeneratedDoc {
  file: string
  text: string
}

const notice = '<!-- Made by `npx tocsin docs`. Do not edit by hand. -->'

export function generatedDocs(): GeneratedDoc[] {
  return [
    { file: 'manifest.yml', text: printManifest({ features, publicUrl: null }) },
    { file: '.env.example', text: envExample() },
    { file: 'docs/commands.md', text: commandsPage(features) },
    { file: 'docs/configuration.md', text: configurationPage() },
    { file: 'docs/metrics.md', text: metricsPage() },
    { file: 'docs/incident-response.md', text: incidentResponse() },
  ]
}

function envExample(): string {
  const lines = (variables as readonly Variable[]).map(({ name, meaning, isSecret, fallback }) => {
    const also = isSecret ? `; or ${name}_FILE with the name of a file` : ''
    return `# ${meaning}${also}\n#${name}=${fallback ?? ''}\n`
  })
  const hooks = `# the bearer token of an alert source, one variable each\n#${hookTokenPrefix}GENERIC=\n`
  return `# What Tocsin reads from the environment: secrets and addresses. Everything else is in tocsin.yml.\n\n${[...lines, hooks].join('\n')}`
}

function commandsPage(all: readonly Feature[]): string {
  // A verb may come from another feature than its noun.
  const commands = all.flatMap((feature) => feature.commands ?? [])
  const sections = all.flatMap(({ nouns = [] }) =>
    nouns.map((noun) => {
      const names = [noun.name, ...noun.aliases].map((name) => `\`/${name}\``).join(', ')
      const mine = commands.filter((command) => command.path.startsWith(`${noun.name} `))
      const entries = mine.map((command) => {
        const aliases =
          command.aliases.length === 0 ? '' : ` Also: ${command.aliases.map((alias) => `\`${alias}\``).join(', ')}.`
        const examples = command.examples.map((example) => `\`${example}\``).join(' · ')
        return `### \`${usage(command)}\`\n\n${command.summary}${aliases} Who: ${command.who}.\n\n${examples}\n`
      })
      return `## ${names}\n\n${noun.description}\n\n${entries.join('\n')}`
    }),
  )
  return `# Commands\n\n${notice}\n\nEach verb takes its arguments in the line and opens a form when they are missing. A subject is named as \`#42\` or\n\`INC-42\`; inside an incident's channel it is implied; elsewhere without one you are asked. \`help\` works everywhere.\n\n${sections.join('\n')}`
}

function configurationPage(): string {
  const table = (variables as readonly Variable[]).map(
    ({ name, meaning, isSecret, fallback }) =>
      `| \`${name}\` | ${meaning} | ${fallback ? `\`${fallback}\`` : ''} | ${isSecret ? 'yes' : ''} |`,
  )
  const rows = [
    ...table,
    `| \`${hookTokenPrefix}<SOURCE>\` | the bearer token of an alert source; without one its hook answers 401 | | yes |`,
  ]
  const example = readFileSync('tocsin.yml', 'utf8').trimEnd()
  return `# Configuration\n\n${notice}\n\n## Environment\n\nSecrets and addresses. Every secret may also be given as \`<NAME>_FILE\`, the name of a file that holds it.\n\n| variable | meaning | default | secret |\n|---|---|---|---|\n${rows.join('\n')}\n\n## tocsin.yml\n\nEverything else. \`npx tocsin check\` names the line and the key of whatever is wrong. This is the example, every key with its meaning:\n\n\`\`\`yaml\n${example}\n\`\`\`\n`
}

/** How these people respond: whoever keeps a tocsin.yml of their own has a page of their own. */
function incidentResponse(): string {
  const read = readConfig('tocsin.yml')
  if ('problems' in read) throw new Error('tocsin.yml is not valid: `npx tocsin check` says where')
  return `# How we respond to incidents\n\n${notice}\n\nWhat [tocsin.yml](../tocsin.yml) says, in words. How to do each thing: [incidents.md](incidents.md).\n\n${incidentResponsePage(read.config)}`
}

function metricsPage(): string {
  const created = createMetrics('')
  addMeasures(
    created,
    features.flatMap((feature) => feature.measures ?? []),
    null,
  )
  const metrics = created.registry.getMetricsAsArray() as unknown as {
    name: string
    help: string
    type: string
    labelNames: string[]
  }[]
  const rows = metrics.map(
    ({ name, help, type, labelNames }) =>
      `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  )
  return `# Metrics\n\n${notice}\n\n\`GET /metrics\`, in Prometheus' text format. What to do about each: [operating.md](operating.md).\n\n| name | type | labels | meaning |\n|---|---|---|---|\n${rows.toSorted().join('\n')}\n`
}
