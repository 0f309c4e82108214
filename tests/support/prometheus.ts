/** A Prometheus as far as runbooks ask it: figures, its alerting rules, the names of its metrics. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Prometheus {
  url: string
  /** The queries that it was asked. */
  asked: string[]
  close(): Promise<void>
}

export interface PrometheusHas {
  rules?: readonly { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }[]
  metrics?: readonly string[]
  /** The newest value and the one before, of each series. */
  series?: readonly { metric: Record<string, string>; values: readonly [number, number] }[]
}

export async function startPrometheus({ rules = [], metrics = [], series = [] }: PrometheusHas): Promise<Prometheus> {
  const asked: string[] = []
  const server = http.createServer((req, res) => {
    const answer = (data: unknown) => res.end(JSON.stringify({ status: 'success', data }))
    if (req.url?.startsWith('/api/v1/rules')) {
      const all = rules.map((rule) => ({ type: 'alerting', labels: {}, annotations: {}, ...rule }))
      return void answer({ groups: [{ name: 'all', rules: all }] })
    }
    if (req.url?.startsWith('/api/v1/label/__name__/values')) return void answer(metrics)
    let body = ''
    req.on('data', (chunk) => {
      body += chunk
    })
    req.on('end', () => {
      asked.push(new URLSearchParams(body).get('query') ?? '')
      const result = series.map(({ metric, values }) => ({
        metric,
        values: values.map((value, at) => [at, `${value}`]),
      }))
      answer({ resultType: 'matrix', result })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
