import type { AnyProbe } from './probe.ts'

/** All probes, by hand. */
export const probes: readonly AnyProbe[] = []
