/** A flag service with one flag, entity tags, and a token. */
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'

export async function startStandIn(): Promise<StandIn> {
  const flag = { on: 'true', version: 3 }
  const etag = () => `"v${flag.version}"`
  const wire = await startWire(
    (request) => request.method === 'PATCH',
    ({ method, path, headers, body }): WireAnswer => {
      if (headers.authorization !== 'api-key-1') return { status: 401, body: { message: 'invalid token' } }
      if (path !== '/flags/new-basket') return { status: 404, body: { message: 'no such flag' } }
      if (method === 'GET') return { status: 200, headers: { etag: etag() }, body: { production: { on: flag.on } } }
      if (headers['if-match'] !== etag()) return { status: 412, body: { message: 'changed meanwhile' } }
      flag.on = (body as { production: { on: string } }).production.on
      flag.version += 1
      return { status: 200, headers: { etag: etag() }, body: {} }
    },
  )
  const settings = {
    read: { url: `${wire.url}/flags/new-basket`, at: '/production/on' },
    write: { url: `${wire.url}/flags/new-basket`, body: { production: { on: '{to}' } } },
    secretHeaders: { authorization: 'TOKEN' },
  }
  return {
    settings,
    params: { to: 'false' },
    secrets: { TOKEN: 'api-key-1' },
    textParam: 'to',
    world: () => ({ ...flag }),
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      flag.on = 'half'
      flag.version += 1
    },
    finish(how) {
      if (how === 'badly') flag.on = 'half'
    },
    close: wire.close,
  }
}
