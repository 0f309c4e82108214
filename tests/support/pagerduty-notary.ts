/**
 * Stands between Tocsin and PagerDuty, passes everything on, and holds each question and each answer against what is
 * described: whoever asks for what is not there, or answers as PagerDuty would not, is written down.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv } from 'ajv'
import { onTestFinished } from 'vitest'
import { isCalled } from '../../src/simulator/pagerduty/questions.ts'
import type { Described, Operation, Schema } from '../../src/simulator/pagerduty/shapes.ts'

export interface Notary {
  eventsUrl: string
  apiUrl: string
  /** A line each; empty when all was well. */
  complaints: string[]
  /** What was asked, by method and path as described. */
  asked: Set<string>
}

interface Asked {
  operation: Operation
  name: string
  url: URL
  headers: IncomingMessage['headers']
  body: unknown
}

/** Published schemas that point into their document are known by its name. */
export interface Description {
  shapes: Described
  documents?: Readonly<Record<string, object>>
}

export async function startNotary(
  { shapes, documents = {} }: Description,
  there: { eventsUrl: string; apiUrl: string },
): Promise<Notary> {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  for (const [name, document] of Object.entries(documents)) ajv.addSchema(document, name)
  const complaints: string[] = []
  const asked = new Set<string>()

  const hold = (what: string, schema: Schema | undefined, value: unknown) => {
    if (schema === undefined) return complaints.push(`${what}: such an answer is not described`)
    const isRight = ajv.compile(schema)
    if (!isRight(value)) complaints.push(`${what}: ${ajv.errorsText(isRight.errors)}`)
    return undefined
  }
  const holdQuestion = ({ operation, name, url, headers, body }: Asked) => {
    for (const parameter of new Set(url.searchParams.keys()))
      if (!operation.query.includes(parameter)) complaints.push(`${name}: there is no parameter ${parameter}`)
    for (const header of operation.headers)
      if (headers[header] === undefined) complaints.push(`${name}: the header ${header} is missing`)
    if (operation.body !== null) hold(`${name}, the question`, operation.body, body)
  }

  const server = createServer(async (req, res) => {
    const [, side = '', rest = ''] = /^\/(events|api)(\/.*)$/.exec(req.url ?? '') ?? []
    const url = new URL(rest, 'http://pagerduty')
    const name = Object.keys(shapes).find((candidate) => isCalled(candidate, `${req.method} ${url.pathname}`))
    const text = await textOf(req)
    const operation = name === undefined ? undefined : shapes[name]
    if (name === undefined || operation === undefined) complaints.push(`nothing is described at ${req.method} ${rest}`)
    else {
      asked.add(name)
      holdQuestion({ operation, name, url, headers: req.headers, body: parsed(text) })
    }
    const base = side === 'events' ? there.eventsUrl.replace(/\/enqueue$/, '') : there.apiUrl
    const passed = Object.entries(req.headers).filter(
      ([header]) => !['host', 'connection', 'content-length'].includes(header),
    )
    const given = await fetch(`${base}${rest}`, {
      method: req.method ?? 'GET',
      headers: Object.fromEntries(passed.map(([header, value]) => [header, String(value)])),
      ...(text === '' ? {} : { body: text }),
    })
    const answered = await given.text()
    if (operation)
      hold(`${name}, the answer ${given.status}`, operation.answers[given.status], withoutNulls(parsed(answered)))
    res.writeHead(given.status, { 'content-type': given.headers.get('content-type') ?? '' }).end(answered)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { eventsUrl: `${base}/events/enqueue`, apiUrl: `${base}/api`, complaints, asked }
}

/** Null is «not there»: the description says so in words («if null, …») and forgets it in its types. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!(value instanceof Object)) return value
  const entries = Object.entries(value).filter(([, one]) => one !== null)
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutNulls(one)]))
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
