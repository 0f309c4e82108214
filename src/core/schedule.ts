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
  for (const scheduled of all) {
    const task = createTask(scheduled.cron, (context) => runSlot(db, log, scheduled, context.date), {
      name: scheduled.name,
      timezone: scheduled.timeZone ?? 'UTC',
      noOverlap: true,
      suppressMissedWarning: true,
      unref: true,
    })
    tasks.push(task)
    if (scheduled.runs === 'once') await catchUp(db, log, scheduled, task)
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

async function catchUp(db: Db, log: Log, scheduled: Scheduled, task: ScheduledTask): Promise<void> {
  const now = new Date()
  const [row] = await rows<{ last_slot: string | Date }>(
    db,
    sql`select last_slot from schedules where name = ${scheduled.name}`,
  )
  if (!row) {
    // Seen for the first time: nothing was missed.
    await takeSlot(db, scheduled.name, now)
    return
  }
  const missed = newestMissed(task, new Date(row.last_slot), now)
  if (missed) await runSlot(db, log, scheduled, missed)
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
