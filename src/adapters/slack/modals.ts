/** Opening a form. Slack allows three seconds after the click, so this cannot go through the outbox. */
import type { Log } from '../../core/log.ts'
import type { ModalView } from '../../core/modals.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Call } from './call.ts'

export async function openModal(
  call: Call,
  log: Log,
  { triggerId, view }: { triggerId: string; view: ModalView },
): Promise<'opened' | 'too-late'> {
  try {
    await call('views.open', { trigger_id: triggerId, view })
    return 'opened'
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    // Slack takes a trigger once, and only we had it: an earlier attempt of ours opened the form.
    if (error.code === 'exchanged_trigger_id') return 'opened'
    // A second attempt would come even later. What cannot be shown is said, by the outbox.
    if (error.code !== 'expired_trigger_id')
      log.error({ code: error.code, modal: view.callback_id }, 'a form could not be opened')
    return 'too-late'
  }
}
