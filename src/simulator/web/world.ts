/** What is done to the world around Slack: alerts fire, Slack or PagerDuty goes down, time passes, somebody takes up the phone. */
import { z } from 'zod'
import { unreachable } from '../../lib/unreachable.ts'
import type { Simulator } from '../types.ts'
import { type TryHook, variantsOf } from './state.ts'

const daysAheadMax = 7

export const Happening = z.discriminatedUnion('do', [
  z.object({ do: z.literal('switch'), service: z.enum(['slack', 'pagerduty']), to: z.enum(['up', 'slow', 'down']) }),
  z.object({
    do: z.literal('advance'),
    minutes: z
      .number()
      .int()
      .min(1)
      .max(daysAheadMax * 24 * 60),
  }),
  z.object({
    do: z.literal('fire'),
    source: z.string(),
    variant: z.enum([...variantsOf.alerts, ...variantsOf.heartbeat]),
  }),
  z.object({ do: z.literal('acknowledge-page'), key: z.string() }),
  z.object({ do: z.literal('resolve-page'), key: z.string() }),
])
export type Happening = z.infer<typeof Happening>

/** `hook` is what the bot answered to an alert. */
export type Happened = { hook: { status: number; body: string } | null } | { refused: string }

export async function happen(simulator: Simulator, hooks: readonly TryHook[], happening: Happening): Promise<Happened> {
  switch (happening.do) {
    case 'switch':
      simulator[happening.service].faults.mode = happening.to
      return nothingToTell
    case 'advance':
      simulator.clock.advance(happening.minutes * 60_000)
      return nothingToTell
    case 'fire':
      return fire(hooks, happening)
    case 'acknowledge-page':
    case 'resolve-page':
      return answerPage(simulator, happening)
    default:
      return unreachable(happening)
  }
}

const nothingToTell = { hook: null }

async function fire(
  hooks: readonly TryHook[],
  { source, variant }: Extract<Happening, { do: 'fire' }>,
): Promise<Happened> {
  const hook = hooks.find((candidate) => candidate.source === source)
  if (!hook)
    return { refused: `There is no source "${source}". Use one of: ${hooks.map((one) => one.source).join(', ')}.` }
  const variants: readonly string[] = variantsOf[hook.does]
  if (!variants.includes(variant))
    return { refused: `${hook.label} knows no "${variant}". Use one of: ${variants.join(', ')}.` }
  try {
    return { hook: await hook.fire(variant) }
  } catch (error) {
    return { refused: `The alert could not be sent: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function answerPage(
  { pagerduty }: Simulator,
  happening: { do: 'acknowledge-page' | 'resolve-page'; key: string },
): Happened {
  const page = pagerduty.pages().find((candidate) => candidate.key === happening.key)
  if (!page) return { refused: `There is no page "${happening.key}".` }
  if (page.status === 'resolved') return { refused: 'That page is resolved already.' }
  if (happening.do === 'acknowledge-page') pagerduty.acknowledge(page.key)
  else pagerduty.resolve(page.key)
  return nothingToTell
}
