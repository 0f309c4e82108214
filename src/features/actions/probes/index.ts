import type { AnyProbe } from './probe.ts'
import { rehearsalProbe } from './rehearsal/index.ts'

/** All probes, by hand. */
export const probes: readonly AnyProbe[] = [rehearsalProbe]
