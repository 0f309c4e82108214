/**
 * Heartbeats: silence is the alert.
 *
 * A *heartbeat* is a sign of life that something sends *every* so often: a backup that ran, a queue that moves, a
 * Prometheus that can still reach us. When it is later than its *grace* it is *missing*, and an alert of the source
 * `heartbeat` goes the way of every alert; when it is heard again that alert is over. It is watched from its first beat on.
 *
 *   beating ⇄ missing · retired: tocsin.yml does not name it any more
 */
import { feature, ruled } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import { commands } from './commands.ts'
import { heartbeatsConfig } from './config.ts'
import { hooks } from './hooks.ts'
import { measures } from './measures.ts'
import { makeRules } from './rules.ts'

export const heartbeats = feature({
  name: 'heartbeats',
  config: heartbeatsConfig,
  ruled: ruled(aggregate, makeRules),
  commands,
  hooks,
  measures,
})
