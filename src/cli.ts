/** `tocsin <command>`: what operators type. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { auditExport, auditVerify } from './audit.ts'
import { lookOutside } from './check-outside.ts'
import { type Config, readConfig } from './config.ts'
import { type Problem, printProblem } from './core/config.ts'
import { openDatabase } from './core/db.ts'
import { groundOf, type LintedAt } from './core/feature.ts'
import { printManifest } from './core/manifest.ts'
import { migrate, readMigrations } from './core/migrations.ts'
import { slotsOf } from './core/slots.ts'
import { loadTemplates, type Templates } from './core/templates.ts'
import { generatedDocs } from './docs.ts'
import { readEnv } from './env.ts'
import { features } from './features/index.ts'
import { printedContacts } from './features/oncall/index.ts'
import { replay } from './replay.ts'
import { simulateAlerts } from './simulate-alerts.ts'
import { statusExport } from './status-export.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const program = new Command('tocsin').version(version).showHelpAfterError()

program
  .command('start')
  .description('run the bot; with no configuration at all, together with a simulated Slack')
  .action(async () => (await import('./main.ts')).start(version))

program
  .command('check')
  .argument('[file]', 'the configuration', readEnv(process.env).env.configFile)
  .option('--simulate <recorded>', 'a recorded alert payload, or a folder of them: say where each would go')
  .option('--online', 'also ask whether links in pages lead somewhere')
  .description('say what is wrong with the configuration, the message templates and the pages')
  .action(async (file: string, { simulate: recorded, online = false }: { simulate?: string; online?: boolean }) => {
    const [config, templates] = [readConfig(file), loadTemplates(templateFolders())] as const
    const problems = [config, templates].flatMap((loaded) => ('problems' in loaded ? loaded.problems : []))
    if ('config' in config && 'templates' in templates)
      problems.push(...lint(config.config, templates.templates, { now: new Date(), file, lineOf: config.lineOf }))
    for (const problem of problems) print(printProblem(problem))
    if (problems.length === 0) print(`${file} and what it refers to are in order.`)
    if ('config' in config && 'templates' in templates)
      for (const line of advice(config.config, templates.templates)) print(line)
    process.exitCode = problems.length === 0 ? 0 : 1
    if (!('config' in config && 'templates' in templates)) return
    if (recorded !== undefined) {
      const isRead = simulateAlerts(recorded, config.config, templates.templates, print)
      if (!isRead) process.exitCode = 1
    }
    const outside = await lookOutside({
      config: config.config,
      templates: templates.templates,
      prometheusUrl: readEnv(process.env).env.prometheusUrl,
      isOnline: online,
      now: new Date(),
    })
    for (const line of outside) print(line)
  })

program
  .command('doctor')
  .description('try everything that Tocsin needs of the outside; each failure names its fix')
  .action(async () => {
    const { doctor } = await import('./doctor.ts')
    process.exitCode = (await doctor(print)) ? 0 : 1
  })

program
  .command('contacts')
  .argument('[file]', 'where to write them; printed when it is left out')
  .description('write the phone numbers, and who is on call in the next weeks, for when everything is down')
  .action((file?: string) => {
    const loaded = readConfig(readEnv(process.env).env.configFile)
    if ('problems' in loaded) {
      for (const problem of loaded.problems) print(printProblem(problem))
      process.exitCode = 1
      return
    }
    const text = printedContacts(loaded.config, new Date())
    // Phone numbers: nobody but the owner of the file reads it.
    if (file) writeFileSync(file, text, { mode: 0o600 })
    else print(text)
  })

program
  .command('status-export')
  .argument('<folder>', 'where to write it; what is there already is brought up to date')
  .description('write the status page as files, for another web server')
  .action(async (folder: string) => {
    process.exitCode = (await statusExport(folder, print)) ? 0 : 1
  })

program
  .command('migrate')
  .description('bring the database to the shape of this release')
  .action(async () => {
    const { env } = readEnv(process.env)
    const database = await openDatabase(env.databaseUrl?.reveal() ?? env.dataFolder)
    const done = await migrate(database.db, readMigrations('migrations'))
    print(done.length === 0 ? 'Nothing to do.' : `Ran ${done.join(', ')}.`)
    await database.close()
  })

program
  .command('manifest')
  .option('--url <address>', 'for HTTP mode: where Slack reaches this server', process.env.PUBLIC_URL)
  .description('print the Slack app manifest; for Socket Mode unless an address is given')
  .action(({ url }: { url?: string }) => print(printManifest({ features, publicUrl: url ?? null }).trimEnd()))

program
  .command('docs')
  .option('--check', 'change nothing; fail when a page is not fresh')
  .description('write the reference pages that are made from the code')
  .action(({ check }: { check?: boolean }) => {
    const stale = generatedDocs().filter(({ file, text }) => readOr(file) !== text)
    for (const { file, text } of stale) {
      if (!check) writeFileSync(file, text)
      print(`${file} ${check ? 'is not fresh: run `npm run docs`' : 'written'}`)
    }
    if (check && stale.length > 0) process.exitCode = 1
  })

program
  .command('runner')
  .description('run actions only, beside a bot that runs with TOCSIN_RUNNER=elsewhere on the same DATABASE_URL')
  .action(async () => (await import('./main.ts')).run())

const audit = program.command('audit').description('the record of actions')
audit
  .command('verify')
  .option('--anchors <file>', 'the lines that `actions.anchorFile` collected')
  .description('find the first row that is not as it was written')
  .action(async ({ anchors }: { anchors?: string }) => {
    process.exitCode = (await auditVerify(print, anchors ?? null)) ? 0 : 1
  })
audit
  .command('export')
  .description('print every row as it was hashed, for somebody else to check')
  .action(() => auditExport(print))

program
  .command('replay')
  .argument('<incident>', 'its number, 42 or INC-42')
  .description('rebuild an incident from its journal, and say where the stored state differs')
  .action(async (incident: string) => {
    process.exitCode = (await replay(incident.replace(/^(INC-|#)/i, ''), print)) ? 0 : 1
  })

function lint(config: Config, templates: Templates, at: LintedAt): Problem[] {
  const slots = slotsOf(features.flatMap((feature) => feature.fills ?? []))
  return features.flatMap(
    (feature) =>
      feature.lint?.(groundOf(feature, { config, templates, slots, publicUrl: '', linkSecret: '' }), at) ?? [],
  )
}

function advice(config: Config, templates: Templates): string[] {
  const ground = { config, templates, slots: slotsOf([]), publicUrl: '', linkSecret: '' }
  return features.flatMap((feature) => feature.advise?.(groundOf(feature, ground), new Date()) ?? [])
}

function templateFolders(): string[] {
  const { templatesFolder } = readEnv(process.env).env
  return ['message-templates', ...(templatesFolder ? [templatesFolder] : [])]
}

function readOr(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

await program.parseAsync()
