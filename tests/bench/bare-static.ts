/** The least that could answer: node:http and the same bytes every time. A process of its own, as the bot is. */
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

const [bodyFile = '', headers = '{}'] = process.argv.slice(2)
const body = readFileSync(bodyFile)
const sent = JSON.parse(headers) as Record<string, string>
const server = http.createServer((_req, res) => {
  res.writeHead(200, sent).end(body)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
