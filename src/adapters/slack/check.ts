/** What `tocsin doctor` asks of Slack: the token, and each channel of tocsin.yml. Each failure names its fix. */
import type { Finding } from '../../core/finding.ts'
import type { Call } from './call.ts'
import { codeOf } from './errors.ts'
import { findByName } from './places.ts'

export async function findTroubles(call: Call, channels: readonly string[]): Promise<Finding[]> {
  const token = await probe(
    'Slack takes the bot token',
    () => call('auth.test', {}),
    'set SLACK_BOT_TOKEN to the "Bot User OAuth Token" of the installed app',
  )
  if (!token.isFine) return [token]
  const found = [token]
  for (const channel of channels) {
    // In sequence: Slack counts these calls.
    found.push(await findChannel(call, channel))
  }
  return found
}

async function findChannel(call: Call, channel: string): Promise<Finding> {
  const what = `${channel} is there, and Tocsin may post in it`
  try {
    const id = await findByName(call, channel.replace('#', ''))
    if (!id)
      return {
        what,
        isFine: false,
        fix: `make the channel, or invite the bot there when it is private: /invite @tocsin in ${channel}`,
      }
    return { what, isFine: true }
  } catch (error) {
    return { what, isFine: false, fix: fixFor(codeOf(error)) }
  }
}

async function probe(what: string, run: () => Promise<unknown>, fix: string): Promise<Finding> {
  try {
    await run()
    return { what, isFine: true }
  } catch (error) {
    const code = codeOf(error)
    return { what, isFine: false, fix: code === 'slack_unreachable' ? fixFor(code) : `${fix} (Slack says ${code})` }
  }
}

function fixFor(code: string): string {
  if (code === 'missing_scope') return 'install the app again with the scopes of `npx tocsin manifest`'
  if (code === 'slack_unreachable') return 'let this machine reach slack.com by HTTPS, or set SLACK_API_URL'
  return `Slack says ${code}`
}
