/** The rules of tasks, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { TasksConfig } from './config.ts'
import type { Kind, Policy } from './domain.ts'

export interface Rules extends Policy {
  templates: Templates
  announceIn: string
  /** What a reaction of this name makes of a message; null when it makes nothing. */
  kindOf(reaction: string): Kind | null
}

export function makeRules({ config, templates }: Ground): Rules {
  const { remindAfter, taskReactions, followUpReactions } = config.tasks as TasksConfig
  return {
    remindAfter: remindAfter.toSorted((a, b) => a - b),
    templates,
    announceIn: config.channels.incidents,
    kindOf(reaction) {
      if (taskReactions.includes(reaction)) return 'task'
      return followUpReactions.includes(reaction) ? 'follow-up' : null
    },
  }
}
