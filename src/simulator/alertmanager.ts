/** Alertmanager as far as Tocsin talks to it: silences are made, listed and ended by its API (v2). */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { answerWith, createFaults } from './faults.ts'
import type { AlertmanagerWorld, SimulatedSilence } from './types.ts'

export interface Alertmanager {
  world: AlertmanagerWorld
  /** False when the request was not for Alertmanager. */
  handle(req: IncomingMessage, res: ServerResponse, body: string): Promise<boolean>
  env(baseUrl: string): Record<string, string>
}

interface Answer {
  status: number
  body: unknown
}

const base = '/alertmanager/api/v2'

export function createAlertmanager({ clock, changed }: { clock: Clock; changed(): void }): Alertmanager {
  const silences: SimulatedSilence[] = []
  const box = createFaults(changed)

  function answer(method: string, path: string, body: string): Answer {
    if (method === 'GET' && path === '/silences') return { status: 200, body: silences.map(shown) }
    if (method === 'POST' && path === '/silences') return make(body)
    const id = method === 'DELETE' ? /^\/silence\/([\w-]+)$/.exec(path)?.[1] : undefined
    return id === undefined ? { status: 404, body: 'path not found' } : end(id)
  }

  function make(body: string): Answer {
    const given = JSON.parse(body) as Omit<SimulatedSilence, 'id'>
    // What Alertmanager refuses: no matchers, an end that is past, nobody who made it, no reason.
    if (!given.matchers?.length) return { status: 400, body: 'bad matchers' }
    if (!(Date.parse(given.endsAt) > clock.now().getTime())) return { status: 400, body: 'end time in the past' }
    if (!given.createdBy || !given.comment) return { status: 400, body: 'createdBy and comment are required' }
    const silence = { ...given, id: randomUUID() }
    silences.push(silence)
    changed()
    return { status: 200, body: { silenceID: silence.id } }
  }

  function end(id: string): Answer {
    const index = silences.findIndex((silence) => silence.id === id)
    const silence = silences[index]
    if (!silence) return { status: 404, body: 'silence not found' }
    silences[index] = { ...silence, endsAt: clock.now().toISOString() }
    changed()
    return { status: 200, body: '' }
  }

  function change(id: string, wanted: Partial<SimulatedSilence>): void {
    const index = silences.findIndex((silence) => silence.id === id)
    const silence = silences[index]
    if (!silence) throw new Error(`Alertmanager knows no silence ${id}`)
    if (wanted.matchers) {
      end(id)
      silences.push({ ...silence, ...wanted, id: randomUUID() })
    } else silences[index] = { ...silence, ...wanted }
    changed()
  }

  function forget(): void {
    silences.length = 0
    changed()
  }

  function shown(silence: SimulatedSilence) {
    return { ...silence, status: { state: isActive(silence) ? 'active' : 'expired' } }
  }

  function isActive({ endsAt }: SimulatedSilence): boolean {
    return Date.parse(endsAt) > clock.now().getTime()
  }

  return {
    world: { active: () => silences.filter(isActive), end, change, forget, faults: box.faults },
    async handle(req, res, body) {
      const path = (req.url ?? '').replace(/\?.*$/, '')
      if (!path.startsWith(`${base}/`)) return false
      const own = path.slice(base.length)
      const fault = box.next(`${req.method} ${own.replace(/\/[\w-]{30,}$/, '')}`)
      await answerWith(
        fault,
        res,
        () => answer(req.method ?? '', own, body),
        (error) => ({ status: 400, body: error }),
      )
      return true
    },
    env: (baseUrl) => ({ ALERTMANAGER_URL: `${baseUrl}/alertmanager` }),
  }
}
