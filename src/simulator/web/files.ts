/** The page's own files. Only names that were in the folder at start are ever read, so no path can lead out of it. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { securityHeaders } from './answers.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface PageFiles {
  /** False when there is no such file. */
  send(name: string, req: IncomingMessage, res: ServerResponse): Promise<boolean>
}

export function pageFiles(folder: string): PageFiles {
  const names = new Set(readdirSync(folder).filter((name) => path.extname(name) in types))
  return {
    async send(name, req, res) {
      if (!names.has(name)) return false
      // Read each time: whoever works on the page sees a change on reload.
      const bytes = await readFile(path.join(folder, name))
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
      const headers = {
        ...securityHeaders,
        'content-type': types[path.extname(name)] ?? 'application/octet-stream',
        'cache-control': 'no-cache',
        etag,
      }
      const isKnown = req.headers['if-none-match'] === etag
      res.writeHead(isKnown ? 304 : 200, headers)
      res.end(isKnown || req.method === 'HEAD' ? undefined : bytes)
      return true
    },
  }
}
