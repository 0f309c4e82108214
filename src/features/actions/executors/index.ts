import { argocd } from './argocd/index.ts'
import { docker } from './docker/index.ts'
import { dockerContainer } from './docker-container/index.ts'
import type { AnyExecutor } from './executor.ts'
import { featureFlag } from './feature-flag/index.ts'
import { githubWorkflow } from './github-workflow/index.ts'
import { httpExecutor } from './http/index.ts'
import { kubernetes } from './kubernetes/index.ts'
import { migration } from './migration/index.ts'
import { postgresRestore } from './postgres-restore/index.ts'
import { processExecutor } from './process/index.ts'
import { rehearsal } from './rehearsal/index.ts'
import { render } from './render/index.ts'

/** All executors, by hand: a folder that is not listed fails a test. */
export const executors: readonly AnyExecutor[] = [
  processExecutor,
  httpExecutor,
  githubWorkflow,
  kubernetes,
  docker,
  dockerContainer,
  argocd,
  render,
  featureFlag,
  migration,
  postgresRestore,
  rehearsal,
]
