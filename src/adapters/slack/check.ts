/** What `tocsin doctor` asks of Slack. Each failure names its fix. */

import { z } from 'zod'
import type { Finding } from '../../core/finding.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Answer, Call } from './call.ts'
import { codeOf } from './errors.ts'
import { findByName } from './places.ts'
import { tryAppToken } from './sockets.ts'

/** What there is to check: the channels that tocsin.yml names (`#ops`), the scopes of the manifest. */
export interface Wanted {
  channels: readonly string[]
  scopes: readonly string[]
}

export interface CheckOptions {
  call: Call
  clock: Clock
  apiUrl: string
  appToken: string | null
}

// Slack's requests are refused when their time is five minutes off; this leaves time to mend it.
const skewSecondsMax = 60

export async function findTroubles(options: CheckOptions, wanted: Wanted): Promise<Finding[]> {
  const { call, appToken, apiUrl } = options
  const token = await probe(
    'Slack takes the bot token',
    'set SLACK_BOT_TOKEN to the "Bot User OAuth Token" of the installed app',
    () => call('auth.test', {}),
  )
  if (token.answer === null) return [token.finding]
  const found = [token.finding, missingScopes(token.answer, wanted.scopes), await clockSkew(options)]
  if (appToken !== null) {
    const fix = 'set SLACK_APP_TOKEN to an app-level token with the scope connections:write, and turn Socket Mode on'
    found.push((await probe('Slack takes the app token', fix, () => tryAppToken({ appToken, apiUrl }))).finding)
  }
  for (const channel of new Set(wanted.channels)) {
    // In sequence: Slack counts these calls.
    found.push(await findChannel(call, channel))
  }
  return found
}

const WithScopes = z.object({ response_metadata: z.object({ scopes: z.array(z.string()) }) })

function missingScopes(answer: Answer, wanted: readonly string[]): Finding {
  const what = 'the app has the scopes of the manifest'
  // A proxy may keep the header that tells them. The calls themselves will then say what they miss.
  const granted = WithScopes.safeParse(answer).data?.response_metadata.scopes
  const missing = granted === undefined ? [] : wanted.filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return { what, isFine: true }
  return {
    what,
    isFine: false,
    fix: `add ${missing.join(', ')} to the app (\`npx tocsin manifest\` prints all) and install it again`,
  }
}

async function clockSkew({ apiUrl, clock }: CheckOptions): Promise<Finding> {
  const what = 'the clocks of this machine and of Slack agree'
  try {
    const response = await fetch(new URL('api.test', apiUrl), { method: 'POST', signal: AbortSignal.timeout(5_000) })
    await response.arrayBuffer()
    const seconds = Math.abs(Date.parse(response.headers.get('date') ?? '') - clock.now().getTime()) / 1_000
    // Without a date there is nothing to compare.
    if (!(seconds > skewSecondsMax)) return { what, isFine: true }
    return { what, isFine: false, fix: `they differ by ${Math.round(seconds)} s: run a time service` }
  } catch {
    return { what, isFine: false, fix: fixes.slack_unreachable }
  }
}

async function findChannel(call: Call, channel: string): Promise<Finding> {
  const what = `${channel} is there, and Tocsin may post in it`
  try {
    const id = await findByName(call, channel.replace('#', ''))
    if (id === null)
      return {
        what,
        isFine: false,
        fix: `make the channel, or invite the bot when it is private: /invite @tocsin in ${channel}`,
      }
    return { what, isFine: true }
  } catch (error) {
    return { what, isFine: false, fix: fixFor(codeOf(error)) }
  }
}

async function probe<Value>(
  what: string,
  fix: string,
  run: () => Promise<Value>,
): Promise<{ finding: Finding; answer: Value | null }> {
  try {
    return { finding: { what, isFine: true }, answer: await run() }
  } catch (error) {
    const code = codeOf(error)
    const better = code === 'slack_unreachable' ? fixes.slack_unreachable : `${fix} (Slack says ${code})`
    return { finding: { what, isFine: false, fix: better }, answer: null }
  }
}

const fixes = { slack_unreachable: 'let this machine reach Slack by HTTPS, or set SLACK_API_URL' }

function fixFor(code: string): string {
  if (code === 'slack_unreachable') return fixes.slack_unreachable
  if (code.startsWith('missing_scope'))
    return `install the app again with the scopes of \`npx tocsin manifest\` (Slack says ${code})`
  return `Slack says ${code}`
}
