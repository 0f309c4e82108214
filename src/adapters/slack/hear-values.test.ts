import { expect, test } from 'vitest'
import { benches } from '../../../tests/support/slack-adapter.ts'

const open = benches()

test.each([
  ['plain_text_input', { value: 'a' }, 'a'],
  ['plain_text_input left empty', { value: null }, null],
  ['number_input', { value: '7' }, '7'],
  ['static_select', { selected_option: { value: 'p1' } }, 'p1'],
  ['static_select without a choice', { selected_option: null }, null],
  ['radio_buttons', { selected_option: { value: 'p2' } }, 'p2'],
  ['checkboxes', { selected_options: [{ value: 'a' }, { value: 'b' }] }, ['a', 'b']],
  ['checkboxes, none', { selected_options: [] }, []],
  ['multi_static_select', { selected_options: [{ value: 'a' }] }, ['a']],
  ['users_select', { selected_user: 'U1' }, 'U1'],
  ['multi_users_select', { selected_users: ['U1', 'U2'] }, ['U1', 'U2']],
  ['conversations_select', { selected_conversation: 'C1' }, 'C1'],
  ['multi_conversations_select', { selected_conversations: ['C1'] }, ['C1']],
  ['channels_select', { selected_channel: 'C1' }, 'C1'],
  ['multi_channels_select', { selected_channels: ['C1'] }, ['C1']],
  ['datepicker', { selected_date: '2026-11-21' }, '2026-11-21'],
  ['timepicker', { selected_time: '13:30' }, '13:30'],
  ['datetimepicker', { selected_date_time: 1_790_000_000 }, '1790000000'],
  ['file_input', { files: [{ id: 'F1' }] }, ['F1']],
  ['rich_text_input', { rich_text_value: richText() }, 'hello <@U1>\nbye'],
])('the value of a %s is understood', async (type, held, expected) => {
  const { slack } = await open()
  const view = {
    callback_id: 'bell.form',
    private_metadata: '',
    state: { values: { field: { any: { type, ...held } } } },
  }
  const body = new URLSearchParams({
    payload: JSON.stringify({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: 'U1' },
      trigger_id: '1.1',
      view,
    }),
  })

  expect(await slack.hear(body.toString())).toMatchObject({ values: { field: expected } })
})

function richText() {
  const line = (...elements: object[]) => ({ type: 'rich_text_section', elements })
  return {
    type: 'rich_text',
    elements: [
      line({ type: 'text', text: 'hello ' }, { type: 'user', user_id: 'U1' }),
      line({ type: 'text', text: 'bye' }),
    ],
  }
}
