/**
 * Guarded actions: rollbacks and restores with a plan, a second person, a lock, a supervisor, a verification, a record.
 */
import { feature } from '../../core/feature.ts'

export const actions = feature({ name: 'actions' })
