/**
 * Whether a request is one that PagerDuty describes. PagerDuty ignores fields and parameters that it does not know; here
 * they are refused, because whoever sends them believes that they do something.
 */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { type Operation, statedShapes } from './shapes.ts'

const operations = Object.entries(statedShapes).map(([name, operation]) => ({
  name,
  operation,
  body: operation.body === null ? null : z.fromJSONSchema({ ...operation.body }),
}))

export interface Question {
  method: string
  /** As described: `/incidents/Q1/notes`. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: unknown
}

/** What is wrong with it, in words; null for nothing. */
export function violationOf({ method, path, query, headers, body }: Question): string | null {
  const found = operations.find(({ name }) => isCalled(name, `${method} ${path}`))
  if (!found) return `nothing is described at ${method} ${path}`
  const wrong = [...parameterTroubles(found.operation, query), ...headerTroubles(found.operation, headers)]
  const checked = found.body?.safeParse(body)
  const issues = checked?.error?.issues ?? []
  const inBody = issues.map(({ path: field, message }) => `'${field.join('.') || 'body'}' ${message}`)
  const all = [...wrong, ...inBody]
  return all.length === 0 ? null : `${found.name}: ${all.join('; ')}`
}

export function isCalled(name: string, asked: string): boolean {
  const [parts, found] = [name.split('/'), asked.split('/')]
  return parts.length === found.length && parts.every((part, index) => part === '{id}' || part === found[index])
}

function parameterTroubles({ query: known }: Operation, query: URLSearchParams): string[] {
  const asked = [...new Set(query.keys())]
  return asked.filter((name) => !known.includes(name)).map((name) => `there is no parameter ${name}`)
}

function headerTroubles({ headers: needed }: Operation, headers: IncomingMessage['headers']): string[] {
  return needed.filter((name) => headers[name] === undefined).map((name) => `the header ${name} is missing`)
}
