/** The rules of subscribers, made once from tocsin.yml, and the links that only their receiver may use. */
import { timingSafeEqual } from 'node:crypto'
import type { Ground } from '../../../../core/feature.ts'
import { unsubscribeToken } from '../../subscribers.ts'
import { makeStatusPageRules, type StatusPageRules } from '../rules.ts'
import type { Policy } from './domain.ts'

export interface Rules extends StatusPageRules, Policy {}

export function makeRules(ground: Ground): Rules {
  const rules = makeStatusPageRules(ground)
  return { ...rules, components: rules.settings.components.map(({ key }) => key) }
}

export function confirmLink({ settings, sign }: StatusPageRules, id: string, round: number): string {
  return `${settings.url}/status/confirm/${id}.${round}.${sign(`comms/confirm/${id}/${round}`)}`
}

export function readConfirmToken({ sign }: StatusPageRules, token: string): { id: string; round: number } | null {
  const [id = '', round = '', proof = ''] = token.split('.')
  return isSame(proof, sign(`comms/confirm/${id}/${round}`)) ? { id, round: Number(round) } : null
}

/** The id of whoever may leave by this token; null when it is none of ours. */
export function readLeaveToken({ sign }: StatusPageRules, token: string): string | null {
  const [id = ''] = token.split('.')
  return isSame(token, unsubscribeToken(id, sign)) ? id : null
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
