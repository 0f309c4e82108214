import { commandProbe } from './command/index.ts'
import { httpProbe } from './http/index.ts'
import type { AnyProbe } from './probe.ts'
import { rehearsalProbe } from './rehearsal/index.ts'
import { sqlProbe } from './sql/index.ts'

/** All probes, by hand. */
export const probes: readonly AnyProbe[] = [httpProbe, sqlProbe, commandProbe, rehearsalProbe]
