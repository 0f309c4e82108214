/** `tocsin status-export`: the status page as files, for another web server, while the bot runs or after it. */
import { readConfig } from './config.ts'
import { printProblem } from './core/config.ts'
import { openDatabase } from './core/db.ts'
import { loadTemplates } from './core/templates.ts'
import { readEnv } from './env.ts'
import { writeStatusCopy } from './features/comms/index.ts'

/** False when it could not be written; what mends it was printed. */
export async function statusExport(folder: string, print: (line: string) => void): Promise<boolean> {
  const { env } = readEnv(process.env)
  if (env.publicUrl === null) {
    print('PUBLIC_URL is not set: feeds and links in the copy name the address at which clients read the page.')
    return false
  }
  const config = readConfig(env.configFile)
  const templates = loadTemplates(['message-templates', ...(env.templatesFolder ? [env.templatesFolder] : [])])
  if ('problems' in config || 'problems' in templates) {
    for (const loaded of [config, templates]) {
      for (const problem of 'problems' in loaded ? loaded.problems : []) print(printProblem(problem))
    }
    return false
  }
  const database = await openDatabase(env.databaseUrl?.reveal() ?? env.dataFolder)
  try {
    const ground = { config: config.config, templates: templates.templates, publicUrl: env.publicUrl, linkSecret: '' }
    const { files, changed } = await writeStatusCopy(ground, { db: database.db, folder, now: new Date() })
    print(`${folder}: ${files} files, ${changed} of them different than before.`)
    return true
  } finally {
    await database.close()
  }
}
