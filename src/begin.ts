/** What a start begins before the bot itself is read: reading it takes one core a second and more. */
import { beginCluster, clusterIn } from './core/db-embedded-build.ts'
import { readEnv } from './env.ts'

const { env, problems } = readEnv(process.env)
try {
  if (problems.length === 0 && !env.databaseUrl) beginCluster(clusterIn(env.dataFolder))
} catch {
  // Whatever is wrong with the folder is met again, and said, when the database is opened.
}
