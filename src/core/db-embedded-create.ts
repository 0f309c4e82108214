/** Builds an empty embedded database, in a thread of its own: its memory is the largest we ever need, and ends with it. */
import { workerData } from 'node:worker_threads'
import { openCluster } from './db-embedded.ts'

const lite = await openCluster(String(workerData))
await lite.close()
