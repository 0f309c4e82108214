/** Pages and schedules as `perform` knows them: each is locked, journalled and replayed under a name of its own. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, type Page, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import { factsFor, membersOfGroup } from './handover/reading.ts'
import { seenLastFor } from './reading.ts'
import type { Rules } from './rules.ts'
import { scheduleEffects } from './schedule-effects.ts'
import {
  decideSchedule,
  evolveSchedule,
  type Schedule,
  type ScheduleCommand,
  type ScheduleEvent,
  type ScheduleRefused,
} from './schedules.ts'
import { loadPage, loadSchedule, savePage, saveSchedule } from './store.ts'

export const pages: Aggregate<Page, Command, Event, Refused, Rules> = {
  feature: 'pages',
  newId: named,
  load: loadPage,
  save: savePage,
  async enrich(tx, command, _now, { id, policy }) {
    if (command.type !== 'page.checkTaken' && command.type !== 'page.callFailed') return command
    const page = await loadPage(tx, id)
    return { ...command, last: await seenLastFor(tx, policy, page?.team ?? null) }
  },
  decide,
  evolve,
  effects,
}

export const schedules: Aggregate<Schedule, ScheduleCommand, ScheduleEvent, ScheduleRefused, Rules> = {
  feature: 'schedules',
  newId: named,
  load: loadSchedule,
  save: saveSchedule,
  async enrich(tx, command, now, { id, policy }) {
    if (command.type !== 'schedule.brief') return command
    const group = policy.groupOf(id)
    const members = group === null ? null : await membersOfGroup(tx, policy, group, now)
    const isPosted = !command.isFirst && policy.handOverIn(id) !== null
    const facts = isPosted ? await factsFor(tx, policy, { since: new Date(command.since), now }) : []
    return { ...command, brief: { facts, members } }
  },
  decide: decideSchedule,
  evolve: evolveSchedule,
  effects: scheduleEffects,
}

/** A page is named after what it is about and whom it calls, a schedule by its key in tocsin.yml. */
function named(): never {
  throw new Error('pages and schedules have names, not numbers')
}
