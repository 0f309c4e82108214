/**
 * The demo service itself: a shop's checkout, one process a release. `node service.ts <release> <port>`.
 * A broken release answers its clients with 500, and says so at /healthz.
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { findRelease } from './releases.ts'

const [name = '', port = '0'] = process.argv.slice(2)
const release = findRelease(name)
if (!release) process.exit(64)

const answers: Readonly<Record<string, object>> = {
  '/healthz': { ok: !release.isBroken, release: release.id },
  '/checkout': release.isBroken ? { error: 'basket is not defined' } : { paid: true },
}
const server = http.createServer((req, res) => {
  const path = (req.url ?? '').split('?')[0] ?? ''
  const body = path === '/version' ? { release: release.id } : answers[path]
  const status = body === undefined ? 404 : path !== '/version' && release.isBroken ? 500 : 200
  res.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  res.end(JSON.stringify(body ?? { error: 'not found' }))
})
server.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
server.on('error', (error) => {
  process.send?.({ problem: 'code' in error ? String(error.code) : error.message })
  process.exit(1)
})
// Whoever keeps it is gone: a service that nobody keeps must not stay behind.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
