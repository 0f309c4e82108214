/** What can be configured about tasks, below `tasks:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'

const minute = 60_000
const emoji = z.string().regex(/^[a-z0-9_+'-]{1,100}$/, 'write an emoji by its name, without colons')

export const tasksSchema = z
  .strictObject({
    /** How long after it was due the owner of a task is reminded. */
    remindAfter: z
      .array(Duration)
      .min(1, 'name at least one moment; 0s is the moment itself')
      .default([0, 15 * minute, 60 * minute]),
    /** Reactions that make a task, or a follow-up, of a message in an incident's channel. */
    taskReactions: z.array(emoji).default(['ballot_box_with_check']),
    followUpReactions: z.array(emoji).default(['black_right_pointing_double_triangle_with_vertical_bar']),
  })
  .prefault({})

export type TasksConfig = z.infer<typeof tasksSchema>

export const tasksConfig: ConfigPart = {
  schema: tasksSchema,
  check(config) {
    const { taskReactions, followUpReactions } = config.tasks as TasksConfig
    const both = taskReactions.filter((name) => followUpReactions.includes(name))
    return both.map((name) => ({
      path: ['followUpReactions'],
      problem: `"${name}" would make a task and a follow-up`,
      accepted: 'Use a reaction for one of them only',
    }))
  },
}
