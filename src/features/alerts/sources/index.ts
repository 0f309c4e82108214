import { generic } from './generic/index.ts'
import type { AlertSource } from './source.ts'

/** All sources, listed by hand. A test fails when a folder is missing here. */
export const sources: readonly AlertSource[] = [generic]
