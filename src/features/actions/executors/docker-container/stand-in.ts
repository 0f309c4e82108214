/** A Docker Engine with one container and three images of it, on a socket or a port. */
import { versionIn } from '../docker/stand-in-version.ts'
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer, type WireRequest } from '../stand-in.ts'

export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`
const repository = 'registry.example.com:5000/shop/checkout'

interface Standing {
  Id: string
  Name: string
  Image: string
  Config: Record<string, unknown> & { Image: string; Labels: Record<string, string> }
  HostConfig: Record<string, unknown>
  Mounts: { Type: string; Name: string; Destination: string }[]
  NetworkSettings: { Networks: Record<string, Record<string, unknown>> }
  State: { Status: string; ExitCode: number; Health?: { Status: string } }
}

export interface Engine extends StandIn {
  containers(): readonly Standing[]
  /** The next start is refused, as when a port is taken. */
  refuseStart(): void
}

const image = (letter: string, day: number) => ({
  Id: `sha256:image-${letter}`,
  RepoDigests: [`${repository}@${digestOf(letter)}`],
  Created: Date.UTC(2026, 1, day) / 1_000,
  Config: { Env: ['PATH=/bin', `VERSION=${letter}`], Cmd: ['serve'], Labels: { maintainer: 'shop' } },
})

export async function startStandIn({ socketPath }: { socketPath?: string } = {}): Promise<Engine> {
  const images = [image('a', 1), image('b', 2), image('c', 3)]
  const flags = { refusesStart: false }
  const containers: Standing[] = [
    {
      Id: `${'0'.repeat(63)}1`,
      Name: '/checkout',
      Image: 'sha256:image-b',
      Config: {
        Image: `${repository}:latest`,
        Hostname: '0'.repeat(12),
        Env: ['PATH=/bin', 'VERSION=b', 'DATABASE=shop'],
        Cmd: ['serve'],
        Labels: { maintainer: 'shop', team: 'platform' },
      },
      HostConfig: {
        AutoRemove: false,
        Binds: ['/etc/shop:/etc/shop:ro'],
        PortBindings: { '8080/tcp': [{ HostPort: '8080' }] },
        RestartPolicy: { Name: 'always' },
      },
      Mounts: [
        { Type: 'bind', Name: '', Destination: '/etc/shop' },
        { Type: 'volume', Name: 'f00d', Destination: '/data' },
      ],
      NetworkSettings: {
        Networks: { shop: { Aliases: ['checkout', '0'.repeat(12)], IPAMConfig: null }, outside: { Aliases: [] } },
      },
      State: { Status: 'running', ExitCode: 0 },
    },
  ]
  const find = (name: string) => containers.find((one) => one.Id === name || one.Name === `/${name}`)

  function look(path: string, query: URLSearchParams): WireAnswer {
    const [, kind, name = ''] = /^\/(containers|images)\/(.+)\/json$/.exec(path) ?? []
    // Lists say less than a look at one, and moments as seconds.
    if (path === '/images/json') return { status: 200, body: images.map(({ Config: _, ...summary }) => summary) }
    if (path === '/containers/json') {
      const { label } = JSON.parse(query.get('filters') ?? '{}') as { label: string[] }
      const [key = '', value] = (label[0] ?? '').split('=')
      const listed = containers
        .filter(({ Config }) => Config.Labels[key] === value)
        .map(({ Id, Name, Image, Config, State }) => ({
          Id,
          Names: [Name],
          Image: Config.Image,
          ImageID: Image,
          Labels: Config.Labels,
          State: State.Status,
        }))
      return { status: 200, body: listed }
    }
    if (kind === 'containers') {
      const found = find(name)
      return found ? { status: 200, body: found } : { status: 404, body: { message: `No such container: ${name}` } }
    }
    const found = images.find((one) => one.Id === name || one.RepoDigests.includes(name))
    if (!found) return { status: 404, body: { message: `No such image: ${name}` } }
    return { status: 200, body: { ...found, Created: new Date(found.Created * 1_000).toISOString() } }
  }

  function create(query: URLSearchParams, body: unknown): WireAnswer {
    const { HostConfig, NetworkingConfig, ...Config } = body as Standing & {
      Image: string
      NetworkingConfig?: { EndpointsConfig: Record<string, Record<string, unknown>> }
    }
    const name = query.get('name') ?? ''
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
      return { status: 400, body: { message: `Invalid container name (${name})` } }
    const taken = find(name)
    if (taken) return { status: 409, body: { message: takenBy(taken) } }
    const wanted = images.find((one) => one.RepoDigests.includes(Config.Image))
    if (!wanted) return { status: 404, body: { message: `No such image: ${Config.Image}` } }
    const Id = `${'0'.repeat(62)}${containers.length}f`
    containers.push({
      Id,
      Name: `/${name}`,
      Image: wanted.Id,
      Config: Config as unknown as Standing['Config'],
      HostConfig,
      Mounts: [],
      NetworkSettings: { Networks: { ...NetworkingConfig?.EndpointsConfig } },
      State: { Status: 'created', ExitCode: 0 },
    })
    return { status: 201, body: { Id, Warnings: [] } }
  }

  function change(path: string, query: URLSearchParams, body: unknown): WireAnswer {
    const [, network] = /^\/networks\/(.+)\/connect$/.exec(path) ?? []
    if (network !== undefined) {
      const { Container, EndpointConfig } = body as { Container: string; EndpointConfig: Record<string, unknown> }
      Object.assign(find(Container)?.NetworkSettings.Networks ?? {}, { [network]: EndpointConfig })
      return { status: 200 }
    }
    const [, id = '', verb] = /^\/containers\/(.+)\/(\w+)$/.exec(path) ?? []
    const one = find(id)
    if (!one) return { status: 404, body: { message: `No such container: ${id}` } }
    if (verb === 'stop') {
      const wasRunning = one.State.Status === 'running'
      if (wasRunning) one.State.Status = 'exited'
      return { status: wasRunning ? 204 : 304 }
    }
    if (verb === 'rename') {
      const taken = find(query.get('name') ?? '')
      if (taken) return { status: 409, body: { message: takenBy(taken) } }
      one.Name = `/${query.get('name')}`
      return { status: 204 }
    }
    if (verb === 'update') {
      Object.assign(one.HostConfig, body)
      return { status: 200, body: { Warnings: null } }
    }
    if (one.State.Status === 'running') return { status: 304 }
    // Two that want one port do not run at once.
    const isTaken = containers.some((other) => other !== one && other.State.Status === 'running')
    if (flags.refusesStart || isTaken) {
      flags.refusesStart = false
      return {
        status: 500,
        body: {
          message: 'failed to set up container networking: Bind for 0.0.0.0:8080 failed: port is already allocated',
        },
      }
    }
    one.State = { Status: 'running', ExitCode: 0, Health: { Status: 'starting' } }
    return { status: 204 }
  }

  const isCreation = ({ method, path }: WireRequest) => method === 'POST' && path.endsWith('/containers/create')
  const wire = await startWire(
    isCreation,
    (request): WireAnswer => {
      const found = versionIn(decodeURIComponent(request.path))
      if ('answer' in found) return found.answer
      const { path } = found
      if (request.method === 'GET') return look(path, request.query)
      return isCreation(request) ? create(request.query, request.body) : change(path, request.query, request.body)
    },
    socketPath,
  )
  return {
    settings: { engine: wire.url, container: '{target.service}' },
    params: {},
    secrets: {},
    textParam: 'to',
    containers: () => containers,
    refuseStart() {
      flags.refusesStart = true
    },
    world: () => structuredClone(containers) as unknown as Json,
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      const [first] = containers
      if (first) first.Id = 'e'.repeat(64)
    },
    finish(how) {
      const made = find('checkout')
      if (made)
        made.State =
          how === 'well'
            ? { Status: 'running', ExitCode: 0, Health: { Status: 'healthy' } }
            : { Status: 'exited', ExitCode: 1 }
    },
    close: wire.close,
  }
}

function takenBy({ Id, Name }: Standing): string {
  return `Conflict. The container name "${Name}" is already in use by container "${Id}". You have to remove (or rename) that container to be able to reuse that name.`
}
