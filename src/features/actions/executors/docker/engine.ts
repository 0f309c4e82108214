/** How a Docker Engine is reached: by its socket or a port. Whoever reaches it is root on that machine. */
import { z } from 'zod'
import type { Io } from '../executor.ts'
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

/** The API's version is part of its address, so that a newer Engine answers in the old way. */
export function engineUrl({ engine }: Config): string {
  return `${engine.startsWith('unix:') ? 'http://docker' : engine.replace(/\/$/, '')}/v1.41`
}

export function throughEngine({ engine }: Config, io: Io): Io {
  return engine.startsWith('unix:') ? { ...io, fetch: fetchThroughSocket(engine.slice('unix://'.length)) } : io
}
