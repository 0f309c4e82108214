/**
 * What a Docker Engine takes and answers, as far as Tocsin asks it: addresses, parameters, status codes, fields and types
 * of the Engine API, stated here as facts (its description at github.com/moby/moby, api/swagger.yaml, 1.42 and later).
 */
import type { Schema } from '../../src/simulator/pagerduty/shapes.ts'

export interface DockerOperation {
  query: readonly string[]
  /** What may be sent; null when nothing is. */
  body: Schema | null
  /** By status. Null: an answer without a body. */
  answers: Readonly<Record<number, Schema | null>>
}

const text = { type: 'string' }
const whole = { type: 'integer' }
const listOf = (items: Schema) => ({ type: ['array', 'null'], items })
const words = { type: ['object', 'null'], additionalProperties: text }
/** Answers may carry more than is stated here. */
const answer = (properties: Schema, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})
/** Questions may not: what is not described is ignored there, and we would never learn that it was. */
const question = (properties: Schema, required: readonly string[] = []) => ({
  ...answer(properties, required),
  additionalProperties: false,
})
const refusal = answer({ message: text })
/** Every operation may be refused for its version or its parameters, and may fail. */
const failures = { 400: refusal, 500: refusal }
const missing = { ...failures, 404: refusal }

const endpoint = question({
  IPAMConfig: { type: ['object', 'null'] },
  Links: listOf(text),
  Aliases: listOf(text),
})
const restart = answer({ Name: { enum: ['', 'no', 'always', 'unless-stopped', 'on-failure'] } }, [])
const hostConfig = answer({ Binds: listOf(text), AutoRemove: { type: 'boolean' }, RestartPolicy: restart }, [])
const named = Object.fromEntries(
  ['Domainname', 'User', 'Image', 'WorkingDir', 'MacAddress', 'StopSignal', 'Hostname'].map((name) => [name, text]),
)
const flags = Object.fromEntries(
  [
    'AttachStdin',
    'AttachStdout',
    'AttachStderr',
    'Tty',
    'OpenStdin',
    'StdinOnce',
    'NetworkDisabled',
    'ArgsEscaped',
  ].map((name) => [name, { type: 'boolean' }]),
)
const config = {
  ...named,
  ...flags,
  ExposedPorts: { type: ['object', 'null'] },
  Volumes: { type: ['object', 'null'] },
  Healthcheck: { type: ['object', 'null'] },
  Env: listOf(text),
  Cmd: listOf(text),
  Entrypoint: listOf(text),
  OnBuild: listOf(text),
  Shell: listOf(text),
  Labels: words,
  StopTimeout: { type: ['integer', 'null'] },
}
const state = answer(
  {
    Status: { enum: ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] },
    ExitCode: whole,
    Health: answer({ Status: { enum: ['none', 'starting', 'healthy', 'unhealthy'] } }),
  },
  ['Status', 'ExitCode'],
)
const container = answer({
  Id: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  // With a slash in front, unlike wherever a name is given.
  Name: { type: 'string', pattern: '^/' },
  Image: { type: 'string', pattern: '^sha256:' },
  Config: answer(config, ['Image']),
  HostConfig: hostConfig,
  Mounts: listOf(answer({ Type: text, Name: text, Destination: text }, ['Type', 'Destination'])),
  NetworkSettings: answer({ Networks: { type: 'object' } }),
  State: state,
})
const listed = answer({
  Id: text,
  Names: listOf({ type: 'string', pattern: '^/' }),
  Image: text,
  ImageID: text,
  Labels: words,
  State: text,
})
// A look at one gives a moment as ISO 8601, the list as seconds, and no settings.
const image = answer({ Id: text, RepoDigests: listOf(text), Created: text, Config: answer({ Env: listOf(text) }, []) })
const listedImage = {
  ...answer({ Id: text, RepoDigests: listOf(text), Created: whole }),
  not: { required: ['Config'] },
}
const spec = answer({
  Name: text,
  Labels: words,
  TaskTemplate: answer({ ContainerSpec: answer({ Image: text }) }),
})
const service = answer(
  {
    ID: text,
    Version: answer({ Index: whole }),
    Spec: spec,
    PreviousSpec: spec,
    UpdateStatus: {
      type: ['object', 'null'],
      properties: {
        State: {
          enum: ['updating', 'paused', 'completed', 'rollback_started', 'rollback_paused', 'rollback_completed'],
        },
      },
    },
  },
  ['ID', 'Version', 'Spec'],
)

/** By method and path below the version: `GET /containers/{id}/json`. */
export const dockerShapes: Readonly<Record<string, DockerOperation>> = {
  'GET /version': { query: [], body: null, answers: { 200: answer({ ApiVersion: text, MinAPIVersion: text }) } },
  'GET /containers/json': {
    query: ['all', 'limit', 'size', 'filters'],
    body: null,
    answers: { 200: { type: 'array', items: listed }, ...failures },
  },
  'GET /containers/{id}/json': { query: ['size'], body: null, answers: { 200: container, ...missing } },
  'POST /containers/create': {
    query: ['name', 'platform'],
    body: question(
      {
        ...config,
        HostConfig: hostConfig,
        NetworkingConfig: question({ EndpointsConfig: { type: 'object', additionalProperties: endpoint } }),
      },
      ['Image'],
    ),
    answers: { 201: answer({ Id: text, Warnings: listOf(text) }), ...missing, 409: refusal },
  },
  'POST /containers/{id}/start': { query: ['detachKeys'], body: null, answers: { 204: null, 304: null, ...missing } },
  'POST /containers/{id}/stop': { query: ['t', 'signal'], body: null, answers: { 204: null, 304: null, ...missing } },
  'POST /containers/{id}/rename': { query: ['name'], body: null, answers: { 204: null, ...missing, 409: refusal } },
  'POST /containers/{id}/update': {
    query: [],
    body: answer({ RestartPolicy: restart }),
    answers: { 200: answer({ Warnings: listOf(text) }), ...missing },
  },
  'POST /networks/{id}/connect': {
    query: [],
    body: question({ Container: text, EndpointConfig: endpoint }, ['Container']),
    answers: { 200: null, 403: refusal, ...missing },
  },
  'GET /images/json': {
    query: ['all', 'filters', 'shared-size', 'digests'],
    body: null,
    answers: { 200: { type: 'array', items: listedImage }, ...failures },
  },
  'GET /images/{id}/json': { query: [], body: null, answers: { 200: image, ...missing } },
  'GET /services/{id}': { query: ['insertDefaults'], body: null, answers: { 200: service, ...missing, 503: refusal } },
  'POST /services/{id}/update': {
    query: ['version', 'registryAuthFrom', 'rollback'],
    body: spec,
    answers: { 200: answer({ Warnings: listOf(text) }), ...missing, 503: refusal },
  },
}
