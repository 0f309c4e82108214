/**
 * The one port. Fastify owns it; each part of the house adds its routes. Bodies arrive as raw bytes, because a
 * signature is over bytes, and because what we store is exactly what came.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Log } from './log.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No browser ever shows what it answers. */
    isForPrograms?: boolean
  }
}

export type Http = FastifyInstance
export type Reply = FastifyReply
export type Request<Params> = FastifyRequest<{ Params: Params }>

export const bodyBytesMax = 1024 * 1024

export function createHttp(log: Log): Http {
  const http = Fastify({
    bodyLimit: bodyBytesMax,
    // Access is told by metrics; a line a request would drown what matters.
    logger: false,
    forceCloseConnections: 'idle',
    requestTimeout: 15_000,
    return503OnClosing: true,
  })
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  // Before the handler, so that a page may set its own instead. A program that posts alerts has no use for a word of them.
  http.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.config.isForPrograms) reply.headers(securityHeaders)
    done()
  })
  http.setNotFoundHandler((_request, reply) => problem(reply, 404, 'There is nothing here.'))
  http.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500)
      log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'a request failed')
    const sentence =
      status === 413
        ? `The body is larger than ${bodyBytesMax} bytes.`
        : status < 500
          ? error.message
          : 'Something went wrong here.'
    return problem(reply, status, sentence)
  })
  return http
}

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

export function problem(
  reply: FastifyReply,
  status: number,
  error: string,
  more: Record<string, unknown> = {},
): FastifyReply {
  return reply.code(status).send({ error, ...more })
}

/** Hands paths to a part of the house that speaks node:http by itself. */
export function mount(
  http: Http,
  paths: readonly string[],
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>,
): void {
  // In a scope of its own: the body must stay unread for the handler.
  http.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const url of paths) {
      scope.all(url, async (request, reply) => {
        reply.hijack()
        const isHandled = await handle(request.raw, reply.raw)
        if (!isHandled)
          reply.raw.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"There is nothing here."}')
      })
    }
  })
}
