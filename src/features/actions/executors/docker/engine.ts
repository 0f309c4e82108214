/** How a Docker Engine is reached: by its socket or a port. Whoever reaches it is root on that machine. */
import { z } from 'zod'
import type { Io } from '../executor.ts'
import { ask } from '../wire.ts'
import { fetchThroughSocket } from './socket.ts'

export const engineSchema = z
  .string()
  .regex(/^(unix:\/\/\/\S+|https?:\/\/\S+)$/, 'write unix:///path or http://host:port')

/** Put on what an action makes, so that it is known again by its key. */
export const actionLabel = 'dev.tocsin.action'
export const digestShape = /^sha256:[0-9a-f]{64}$/
export const who = 'Docker'

interface Config {
  engine: string
}

/** Where requests go, and by what. The API's version is part of the address. */
export interface Reached {
  io: Io
  url: string
}

// As this was written for: the oldest that Docker 29 takes. An older Engine is spoken to in its own newest.
const written = '1.44'
const Version = z.object({ ApiVersion: z.string(), MinAPIVersion: z.string().default('1.12') })

/** Asks what it speaks: an Engine refuses every version that is newer, or much older, than itself. */
export async function reach({ engine }: Config, io: Io): Promise<Reached> {
  const isSocket = engine.startsWith('unix:')
  const through = isSocket ? { ...io, fetch: fetchThroughSocket(engine.slice('unix://'.length)) } : io
  const base = isSocket ? 'http://docker' : engine.replace(/\/$/, '')
  const spoken = await ask(through, who, { method: 'GET', url: `${base}/version` }, Version)
  return { io: through, url: `${base}/v${versionFor(spoken.ApiVersion, spoken.MinAPIVersion)}` }
}

export function versionFor(newest: string, oldest: string): string {
  if (isOlder(newest, written)) return newest
  return isOlder(written, oldest) ? oldest : written
}

/** 1.9 is older than 1.10. */
function isOlder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => Number(version.split('.')[1]))
  return (a ?? 0) < (b ?? 0)
}
