/** Who we are in this workspace. Asked once; while Slack is away, asked again until it answers. */
import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Calls } from './call.ts'
import { meanings } from './errors.ts'

export interface Identity {
  teamId: string
  botUserId: string
  botId: string
}

export interface Myself {
  /** Null until Slack has answered. */
  known(): Identity | null
  /** Asks now when it is not known yet. */
  ask(): Promise<Identity>
  /** Rejects, with a sentence for the operator, when Slack does not take the token. */
  learn(): Promise<void>
  stop(): void
}

const retryMilliseconds = 5_000

const Answer = z.object({ team_id: z.string(), user_id: z.string(), bot_id: z.string() })

export function createMyself(calls: Calls, log: Log): Myself {
  const state: { identity: Identity | null; timer: NodeJS.Timeout | undefined } = { identity: null, timer: undefined }

  async function ask(): Promise<Identity> {
    if (state.identity) return state.identity
    const { team_id, user_id, bot_id } = Answer.parse(await calls.now('auth.test', {}))
    state.identity = { teamId: team_id, botUserId: user_id, botId: bot_id }
    return state.identity
  }

  async function learn(): Promise<void> {
    try {
      await ask()
    } catch (error) {
      if (error instanceof DeliveryError && isTokenTrouble(error))
        throw new Error(tokenSentence('SLACK_BOT_TOKEN', error.code, 'the "Bot User OAuth Token" of the installed app'))
      log.warn({ err: error }, 'Slack does not say who we are; will ask again')
      state.timer = setTimeout(askAgain, retryMilliseconds).unref()
    }
  }

  function askAgain(): void {
    learn().catch((error: unknown) => log.error({ err: error }, 'Slack refuses us'))
  }

  return {
    known: () => state.identity,
    ask,
    learn,
    stop: () => clearTimeout(state.timer),
  }
}

export function isTokenTrouble({ code }: DeliveryError): boolean {
  return meanings[code] === 'mend' || code === 'not_allowed_token_type'
}

export function tokenSentence(variable: string, code: string, whatToTake: string): string {
  return `Slack does not take ${variable} (it says ${code}). Use ${whatToTake}.`
}
