/** The audit: reading it, verifying it, and writing its head down in places that the database's owner cannot reach. */
import { appendFile, readFile } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, rows } from '../../core/db.ts'
import type { Log } from '../../core/log.ts'

export interface AuditLine {
  seq: number
  at: string
  kind: string
  subject: string
  body: unknown
}

export interface Verdict {
  /** The first row that is not as it was written; null when the chain holds. */
  firstBad: number | null
  checked: number
  head: { seq: number; hash: string } | null
  /** Anchors that the chain does not contain any more: rows were cut off, or all of it was written anew. */
  missing: readonly Anchor[]
}

const anchorSchema = z.object({ seq: z.number().int(), hash: z.string().regex(/^[0-9a-f]{64}$/), at: z.string() })
export type Anchor = z.infer<typeof anchorSchema>

/** The newest lines, the newest last. Lines about the database's own view (`state`) repeat what the journal says. */
export async function readAudit(
  db: Db,
  { subject, limit }: { subject: string | null; limit: number },
): Promise<AuditLine[]> {
  const found = await rows<{ seq: string | number; at: string | Date; kind: string; subject: string; body: unknown }>(
    db,
    sql`select seq, at, kind, subject, payload::jsonb -> 'body' as body from audit_log
      where kind <> 'state' and (${subject}::text is null or subject = ${subject})
        and (${subject}::text is not null or not exists (
          select 1 from actions where 'actions/' || actions.id = audit_log.subject and actions.is_private))
      order by seq desc limit ${limit}`,
  )
  return found
    .map(({ seq, at, ...line }) => ({ ...line, seq: Number(seq), at: new Date(at).toISOString() }))
    .toReversed()
}

export async function verifyAudit(db: Db, anchors: readonly Anchor[] = []): Promise<Verdict> {
  const [row] = await rows<{
    first_bad: string | number | null
    checked: string | number
    head_seq: string | number | null
    head_hash: string | null
  }>(db, sql`select * from audit_verify()`)
  if (!row) throw new Error('audit_verify gave nothing')
  const missing: Anchor[] = []
  for (const anchor of anchors) {
    // In sequence: a line an hour, and each is one look-up by key.
    const kept = await rows(db, sql`select 1 from audit_log where seq = ${anchor.seq} and hash = ${anchor.hash}`)
    if (kept.length === 0) missing.push(anchor)
  }
  return {
    firstBad: row.first_bad === null ? null : Number(row.first_bad),
    checked: Number(row.checked),
    head: row.head_hash === null ? null : { seq: Number(row.head_seq), hash: row.head_hash },
    missing,
  }
}

export async function headOf(db: Db, now: Date): Promise<Anchor | null> {
  const [row] = await rows<{ seq: string | number; hash: string }>(
    db,
    sql`select seq, hash from audit_log order by seq desc limit 1`,
  )
  return row ? { seq: Number(row.seq), hash: row.hash, at: now.toISOString() } : null
}

/** Into the log, which leaves the machine, and into a file, which should. */
export async function exportAnchor(db: Db, now: Date, file: string | null, log: Log): Promise<void> {
  const anchor = await headOf(db, now)
  if (anchor === null) return
  log.info({ anchor }, 'the head of the audit')
  if (file !== null) await appendFile(file, `${JSON.stringify(anchor)}\n`)
}

export async function readAnchors(file: string): Promise<Anchor[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => anchorSchema.parse(JSON.parse(line)))
}
