/** What `tocsin doctor` asks of PagerDuty. Each failure names its fix. */

import { api } from '@pagerduty/pdjs'
import type { Finding } from '../../core/finding.ts'

export interface CheckOptions {
  /** `https://api.pagerduty.com` */
  apiUrl: string
  token: string
  timeoutMilliseconds?: number
}

const patienceMilliseconds = 10_000

/** A routing key cannot be asked about without waking somebody; the token can, and any token may list its abilities. */
export async function checkPagerDuty({ apiUrl, token, timeoutMilliseconds }: CheckOptions): Promise<Finding> {
  const what = 'PagerDuty takes the token'
  const status = await ask(
    `${apiUrl.replace(/\/+$/, '')}/abilities`,
    token,
    timeoutMilliseconds ?? patienceMilliseconds,
  )
  if (status === 200) return { what, isFine: true }
  if (status === null)
    return { what, isFine: false, fix: 'let this machine reach api.pagerduty.com by HTTPS, or set PAGERDUTY_API_URL' }
  if (status === 401 || status === 403)
    return { what, isFine: false, fix: 'set PAGERDUTY_TOKEN to a REST API key of your PagerDuty account' }
  return { what, isFine: false, fix: `PagerDuty answers ${status}: try again, and look at its status page` }
}

/** The status of the answer, null when there was none. */
async function ask(url: string, token: string, timeoutMilliseconds: number): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds)
    // Left to itself pdjs keeps a timer, and with it the process, for half a minute after a failure.
    const response = await api({ url, token, signal, requestTimeout: 0, retryTimeout: 500 })
    return response.status
  } catch (error) {
    // It throws an answer that is no JSON as it is.
    return error instanceof Object && 'status' in error && typeof error.status === 'number' ? error.status : null
  }
}
