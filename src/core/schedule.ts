/**
 * Work by the calendar. node-cron says when; a row in `schedules` sees to it that over all replicas it happens once,
 * and that what was missed while nobody ran happens once, late.
 */
import { sql } from 'drizzle-orm'
import { createTask, type ScheduledTask, validate } from 'node-cron'
import { type Db, rows } from './db.ts'
import type { Log } from './log.ts'

export interface Scheduled {
  name: string
  /** Five fields, read in `timeZone` (UTC when it is not said). */
  cron: string
  timeZone?: string
  /** `once` over all replicas, or in `every-process` (refreshing what a process keeps in memory). */
  runs: 'once' | 'every-process'
  run(slot: Date): Promise<void>
}

/** Five fields; with a sixth it would run by the second. */
export function isCron(text: string): boolean {
  return text.trim().split(/\s+/).length === 5 && validate(text)
}

export interface Schedule {
  stop(): Promise<void>
}

export async function startSchedule(db: Db, log: Log, all: readonly Scheduled[]): Promise<Schedule> {
  const tasks: ScheduledTask[] = []
  const lastSlots = await lastSlotsOf(db, all)
  for (const scheduled of all) {
    const task = createTask(scheduled.cron, (context) => runSlot(db, log, scheduled, context.date), {
      name: scheduled.name,
      timezone: scheduled.timeZone ?? 'UTC',
      noOverlap: true,
      suppressMissedWarning: true,
      unref: true,
    })
    tasks.push(task)
    const lastSlot = lastSlots.get(scheduled.name)
    const missed = scheduled.runs === 'once' && lastSlot ? newestMissed(task, lastSlot, new Date()) : null
    if (missed) await runSlot(db, log, scheduled, missed)
    await task.start()
  }
  return {
    async stop() {
      for (const task of tasks) await task.destroy()
    },
  }
}

async function runSlot(db: Db, log: Log, scheduled: Scheduled, slot: Date): Promise<void> {
  try {
    if (scheduled.runs === 'once' && !(await takeSlot(db, scheduled.name, slot))) return
    await scheduled.run(slot)
  } catch (error) {
    log.error({ schedule: scheduled.name, err: error }, 'scheduled work failed')
  }
}

/** True for the one process that may run this slot. */
export async function takeSlot(db: Db, name: string, slot: Date): Promise<boolean> {
  const taken = await rows(
    db,
    sql`insert into schedules (name, last_slot) values (${name}, ${slot.toISOString()})
      on conflict (name) do update set last_slot = excluded.last_slot where schedules.last_slot < excluded.last_slot
      returning name`,
  )
  return taken.length > 0
}

/** When each ran last. What is seen for the first time has missed nothing. */
async function lastSlotsOf(db: Db, all: readonly Scheduled[]): Promise<ReadonlyMap<string, Date>> {
  const names = all.filter(({ runs }) => runs === 'once').map(({ name }) => name)
  await db.execute(sql`insert into schedules (name, last_slot)
    select name, ${new Date().toISOString()}::timestamptz from unnest(${sql.param(names)}::text[]) as given (name)
    on conflict (name) do nothing`)
  const found = await rows<{ name: string; last_slot: string | Date }>(db, sql`select name, last_slot from schedules`)
  return new Map(found.map((row) => [row.name, new Date(row.last_slot)]))
}

/** The last minute before now, and after the last run, for which this was due. A week back is as far as it looks. */
export function newestMissed(task: Pick<ScheduledTask, 'match'>, lastSlot: Date, now: Date): Date | null {
  const minute = 60_000
  const earliest = Math.max(lastSlot.getTime(), now.getTime() - 7 * 24 * 60 * minute)
  for (let at = Math.floor(now.getTime() / minute) * minute; at > earliest; at -= minute) {
    if (task.match(new Date(at))) return new Date(at)
  }
  return null
}
