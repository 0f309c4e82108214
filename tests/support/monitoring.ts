/** A real Prometheus and a real Alertmanager on this machine, told what deploy/ tells them, in a hurry. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Stage } from './stage.ts'
import { toolsFor } from './tool.ts'

export const monitoringTools = toolsFor(
  'alerts from a real Prometheus and Alertmanager',
  ['prometheus', 'prometheus-alertmanager'],
  'Install Debian’s prometheus and prometheus-alertmanager.',
)

export interface Ports {
  prometheus: number
  alertmanager: number
  /** Of the service that is watched. */
  service: number
}

export interface Monitoring {
  stop(): Promise<void>
}

export async function startMonitoring(stage: Stage, ports: Ports): Promise<Monitoring> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-monitoring-'))
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  const tokenFile = write('token', stage.hookToken)
  // The others keep their patience: on a machine that has just begun to watch, all of them would find something.
  const down = /(alert: ServiceDown\n.*\n\s+for: )2m/
  write(
    'alerts.yml',
    readFileSync('deploy/alerts.yml', 'utf8').replace(down, (_found, before) => `${before}1s`),
  )
  const { prometheus = '', 'prometheus-alertmanager': alertmanager = '' } = monitoringTools ?? {}
  const processes = [
    run(alertmanager, folder, [
      `--config.file=${write('alertmanager.yml', alertmanagerConfig(stage, tokenFile))}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      '--cluster.listen-address=',
    ]),
    run(prometheus, folder, [
      `--config.file=${write('prometheus.yml', prometheusConfig(stage, ports))}`,
      `--storage.tsdb.path=${folder}/prometheus`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      // What fires before it has found Alertmanager is told the next time only.
      '--rules.alert.resend-delay=1s',
    ]),
  ]
  for (const port of [ports.alertmanager, ports.prometheus]) {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(isReady, { timeout: 20_000 }).toBe(true)
  }
  return {
    async stop() {
      await Promise.all(processes.map(end))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A service that says little, but answers. */
export async function startService(port: number): Promise<Server> {
  const server = createServer((_req, res) => res.end('http_requests_total{code="200"} 1\n'))
  server.keepAliveTimeout = 1
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export async function stopService(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

function prometheusConfig({ app }: Stage, ports: Ports): string {
  const config = parse(readFileSync('deploy/prometheus.yml', 'utf8')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
  }
  const at: Record<string, string> = { tocsin: new URL(app.url).host, checkout: `127.0.0.1:${ports.service}` }
  const watched = config.scrape_configs.flatMap((job) => {
    const target = at[job.job_name]
    const found =
      target === undefined ? [] : [{ ...job, static_configs: [{ ...job.static_configs[0], targets: [target] }] }]
    return found
  })
  return stringify({
    ...config,
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
    scrape_configs: watched,
  })
}

function alertmanagerConfig({ app, simulator }: Stage, tokenFile: string): string {
  const mailbox = new URL(simulator.env.SMTP_URL ?? '')
  const text = readFileSync('deploy/alertmanager.yml', 'utf8')
    .replaceAll('http://tocsin:3000', app.url)
    .replaceAll(/credentials_file: \S+/g, `credentials_file: ${tokenFile}`)
    .replaceAll(/group_wait: \w+/g, 'group_wait: 1s')
    .replaceAll(/group_interval: \w+/g, 'group_interval: 1s')
    .replaceAll(/repeat_interval: 1m/g, 'repeat_interval: 2s')
  const config = parse(text) as { global: object }
  // The simulator's mailbox knows neither names nor passwords.
  const global = { smtp_smarthost: mailbox.host, smtp_from: 'alertmanager@example.com', smtp_require_tls: false }
  return stringify({ ...config, global })
}

function run(file: string, folder: string, args: readonly string[]): ChildProcess {
  return spawn(file, [...args, '--log.level=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
