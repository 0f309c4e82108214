import type { AnyExecutor } from './executor.ts'
import { processExecutor } from './process/index.ts'
import { rehearsal } from './rehearsal/index.ts'

/** All executors, by hand: a folder that is not listed fails a test. */
export const executors: readonly AnyExecutor[] = [processExecutor, rehearsal]
