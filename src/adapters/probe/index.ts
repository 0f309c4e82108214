/**
 * Questions to the outside: a figure from Prometheus, whether an address answers, a row of a database. They change nothing there, so an
 * answer that was lost is asked for again, and that something does not answer is itself what was seen.
 */
import type { KnownRules, ProbeEffect, Seen } from '../../core/effects.ts'
import { DeliveryError, type Port } from '../../core/ports.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { askAddress } from './address.ts'
import { askAlertRules } from './alert-rules.ts'
import { askDatabase } from './database.ts'
import { askPrometheus } from './prometheus.ts'

export interface ProbeOptions {
  /** Without a slash at its end; null when there is none to ask. */
  prometheusUrl: string | null
  /** The address of a database, by the environment variable that has it. */
  secretOf(variable: string): string | null
  timeoutMilliseconds?: number
}

// Somebody looks at the screen and waits.
const patienceMilliseconds = 8_000

export function createProbe({
  prometheusUrl,
  secretOf,
  timeoutMilliseconds = patienceMilliseconds,
}: ProbeOptions): Port<ProbeEffect> {
  return {
    async deliver({ effect: { question }, now, signal }) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)])
      const observed = await ask()
      // We are stopping: the next process asks again.
      if (signal.aborted) throw new DeliveryError('stopped', 'again', { isOutage: true })
      return { observed }

      function ask(): Promise<Seen | KnownRules> {
        switch (question.ask) {
          case 'prometheus':
            return askPrometheus(prometheusUrl, question, { now, signal: patience })
          case 'http':
            return askAddress(question, patience)
          case 'sql':
            return askDatabase(secretOf(question.urlVariable), question, signal)
          case 'alert-rules':
            return askAlertRules(prometheusUrl, patience)
          default:
            return unreachable(question)
        }
      }
    },
  }
}
