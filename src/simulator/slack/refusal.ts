/** How Slack says no: HTTP 200 and a code, sometimes with what exactly is wrong. */
export class Refusal extends Error {
  readonly code: string
  readonly more: Record<string, unknown>

  constructor(code: string, more: Record<string, unknown> = {}) {
    super(code)
    this.code = code
    this.more = more
  }
}

export function refuse(code: string, more: Record<string, unknown> = {}): never {
  throw new Refusal(code, more)
}

/** The sentences appear twice, once as they are and once as Slack logs them. */
export function refuseWithProblems(code: string, problems: readonly string[]): never {
  throw new Refusal(code, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  })
}
