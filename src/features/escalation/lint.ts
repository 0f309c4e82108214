/** What `tocsin check` says of ladders that the shape of the file does not show: people whom nobody knows how to reach. */
import type { Problem } from '../../core/config.ts'
import type { Ground, LintedAt } from '../../core/feature.ts'
import { isReachable } from '../oncall/index.ts'
import type { EscalationConfig } from './config.ts'

export function findUnknown({ config }: Pick<Ground, 'config'>, { file, lineOf }: LintedAt): Problem[] {
  const { who } = config.escalation as EscalationConfig
  return Object.entries(who).flatMap(([word, meant]) =>
    meant
      .filter((one) => /^[UW][A-Z0-9]{2,}$/.test(one) && !isReachable(config, one))
      .map((person) => ({
        file,
        line: lineOf(['escalation', 'who', word]),
        key: `escalation.who.${word}`,
        problem: `means ${person}, of whom nothing is known`,
        accepted: 'Give their name and number below oncall.people',
      })),
  )
}
