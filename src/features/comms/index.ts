/**
 * Comms: what clients and those who speak with them are told. The words and what may be said of them stand here; the
 * rest of it grows around `published.ts`, which is what the status page reads.
 */
import { feature } from '../../core/feature.ts'
import { commsConfig } from './config.ts'

export const comms = feature({ name: 'comms', config: commsConfig })
