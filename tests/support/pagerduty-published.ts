/**
 * PagerDuty's own description of its interfaces, read into what a notary holds against: a checkout of
 * github.com/PagerDuty/api-schema, whose folder PAGERDUTY_API_SCHEMA names.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Operation, Schema } from '../../src/simulator/pagerduty/shapes.ts'
import type { Description } from './pagerduty-notary.ts'

const files = {
  events: 'reference/events-v2/openapiv3.json',
  rest: 'reference/REST/openapiv3.json',
}

/** Null when it is not at hand. */
export function publishedDescription(
  names: readonly string[],
  folder = process.env.PAGERDUTY_API_SCHEMA,
): Description | null {
  if (folder === undefined || !existsSync(path.join(folder, files.rest))) return null
  const read = (file: string): Document => JSON.parse(readFileSync(path.join(folder, file), 'utf8'))
  const documents = { events: read(files.events), rest: withIncludedUsers(read(files.rest)) }
  const shapes = names.map((name) => {
    const document = name === 'POST /enqueue' ? 'events' : 'rest'
    return [name, operationOf(documents[document], document, name)] as const
  })
  return { documents, shapes: Object.fromEntries(shapes) }
}

interface Document {
  paths: Record<string, Record<string, PublishedOperation>>
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
}

interface PublishedOperation {
  parameters?: ({ $ref: string } | Parameter)[]
  requestBody?: unknown
  responses: Record<string, { $ref?: string; content?: unknown }>
}

interface Parameter {
  name: string
  in: string
  required?: boolean
}

/** Said of `include[]` in words and not in the type: the whole user takes the place of the reference. */
function withIncludedUsers(document: Document): Document {
  const properties = document.components.schemas.Oncall?.properties
  if (properties) properties.user = { anyOf: [properties.user, { $ref: '#/components/schemas/User' }] }
  return document
}

const schemaIn = 'content/application~1json/schema'

function operationOf(document: Document, documentName: string, name: string): Operation {
  const [method = '', address = ''] = name.toLowerCase().split(' ')
  const operation = document.paths[address]?.[method]
  if (!operation) throw new Error(`PagerDuty describes no ${name}`)
  const parameters = (operation.parameters ?? []).map((one) =>
    '$ref' in one ? pointedAt(document, one.$ref) : one,
  ) as Parameter[]
  const at = `${documentName}#/paths/${escaped(address)}/${method}`
  const answers = Object.entries(operation.responses).map(([status, { $ref, content }]): [string, Schema] => {
    // Some answers are described by their status alone: whatever they say is right.
    if ($ref === undefined && content === undefined) return [status, {}]
    const place = $ref === undefined ? `${at}/responses/${status}` : `${documentName}${$ref}`
    return [status, { $ref: `${place}/${schemaIn}` }]
  })
  return {
    query: parameters.filter((one) => one.in === 'query').map((one) => one.name),
    headers: parameters.filter((one) => one.in === 'header' && one.required).map((one) => one.name.toLowerCase()),
    body: operation.requestBody === undefined ? null : { $ref: `${at}/requestBody/${schemaIn}` },
    answers: Object.fromEntries(answers),
  }
}

function pointedAt(document: unknown, ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((found, part) => (found as Record<string, unknown>)[part], document)
}

function escaped(address: string): string {
  return encodeURIComponent(address.replaceAll('/', '~1')).replaceAll('%7E', '~')
}
