import { alertmanager } from './alertmanager/index.ts'
import { cloudwatch } from './cloudwatch/index.ts'
import { datadog } from './datadog/index.ts'
import { generic } from './generic/index.ts'
import { grafana } from './grafana/index.ts'
import { pagerduty } from './pagerduty/index.ts'
import { sentry } from './sentry/index.ts'
import type { AlertSource } from './source.ts'

/** All sources, listed by hand. A test fails when a folder is missing here. */
export const sources: readonly AlertSource[] = [alertmanager, grafana, pagerduty, sentry, datadog, cloudwatch, generic]

/** Those that sign what they send. */
export const signedSources = Object.fromEntries(
  sources.flatMap(({ name, signed }) => (signed ? [[name, signed] as const] : [])),
)
