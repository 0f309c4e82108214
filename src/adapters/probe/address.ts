/** Whether an address answers with the status that was expected. Redirects are not followed: they are an answer. */
import type { Question, Seen } from '../../core/effects.ts'

type HttpQuestion = Extract<Question, { ask: 'http' }>

export async function askAddress({ url, expectStatus }: HttpQuestion, signal: AbortSignal): Promise<Seen> {
  const began = performance.now()
  try {
    const response = await fetch(url, { redirect: 'manual', signal })
    // An unread body would hold the connection.
    await response.body?.cancel()
    const milliseconds = Math.round(performance.now() - began)
    const isExpected = response.status === expectStatus
    const summary = isExpected
      ? `answers ${response.status} after ${milliseconds} ms`
      : `answers ${response.status} after ${milliseconds} ms; ${expectStatus} was expected`
    return { outcome: isExpected ? 'ok' : 'bad', summary, series: [] }
  } catch (error) {
    return { outcome: 'bad', summary: `does not answer: ${reasonOf(error)}`, series: [] }
  }
}

/** What Node says of a connection that did not come about, without the address that it was about. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it takes too long'
  const cause = error instanceof Error ? error.cause : null
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return error instanceof Error ? error.name : 'unknown'
}
