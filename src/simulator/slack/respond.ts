/** The addresses that come with commands and clicks: five answers within thirty minutes. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from '../faults.ts'
import type { SlackBlock } from '../types.ts'
import { findBlockProblems } from './block-rules.ts'
import { addMessage, messageAt, type State } from './state.ts'

export function respond(state: State, path: string, _req: IncomingMessage, res: ServerResponse, body: string): void {
  const address = state.responseUrls.get(path)
  if (!address) return send(res, { status: 404, body: { ok: false, error: 'no_such_url' } })
  if (address.expiresAt < state.clock.now().getTime()) return send(res, { status: 404, body: { ok: false, error: 'expired_url' } })
  if (address.usesLeft === 0) return send(res, { status: 404, body: { ok: false, error: 'used_url' } })
  let given: { text?: string; blocks?: SlackBlock[]; response_type?: string; replace_original?: boolean; delete_original?: boolean }
  try {
    given = JSON.parse(body) as typeof given
  } catch {
    return send(res, { status: 400, body: { ok: false, error: 'invalid_json' } })
  }
  const problems = given.blocks ? findBlockProblems(given.blocks, 'message') : []
  if (problems.length > 0) return send(res, { status: 400, body: { ok: false, error: 'invalid_blocks', errors: problems } })
  address.usesLeft -= 1
  const original = address.messageTs ? messageAt(state, address.channelId, address.messageTs) : undefined
  if (given.delete_original && original) original.deleted = true
  else if (given.replace_original && original) {
    original.text = given.text ?? ''
    original.blocks = given.blocks ?? []
    original.edited = true
  } else {
    const onlyFor = given.response_type === 'in_channel' ? null : address.userId
    addMessage(state, { channelId: address.channelId, user: state.world.botUserId, text: given.text ?? '', blocks: given.blocks ?? [], onlyFor })
  }
  state.changed()
  send(res, { status: 200, body: { ok: true } })
}
