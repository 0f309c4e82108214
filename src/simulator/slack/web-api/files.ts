/** files.*: an address to put the content at, then a message with it. */
import { refuse } from '../refusal.ts'
import { isRecord } from '../shape.ts'
import { addMessage, messageAt, type State } from '../state.ts'
import { wireFile } from '../wire.ts'
import { type ApiContext, type ApiMethods, ownChannel, textArg } from './call.ts'

const bytesMax = 1024 * 1024 * 1024

export const files: ApiMethods = {
  'files.getUploadURLExternal': (context) => {
    const { state } = context
    const length = Number(textArg(context, 'length'))
    if (!Number.isInteger(length) || length < 1)
      refuse('invalid_arguments', {
        response_metadata: { messages: ['[ERROR] must be a positive integer [json-pointer:/length]'] },
      })
    if (length > bytesMax) refuse('file_upload_size_restricted')
    const id = state.newId('F')
    const name = textArg(context, 'filename')
    state.uploads.set(id, { id, name, title: name, content: '', length, isThere: false })
    return { upload_url: `${context.baseUrl()}/upload/${id}`, file_id: id }
  },

  'files.completeUploadExternal': (context) => {
    const { state, events } = context
    const given = Array.isArray(context.args.files) ? context.args.files.filter(isRecord) : []
    const uploads = given.map(({ id, title }) => {
      const upload = state.uploads.get(String(id))
      if (!upload?.isThere) return refuse('file_not_found')
      return { id: upload.id, name: upload.name, title: String(title ?? upload.title), content: upload.content }
    })
    if (uploads.length === 0) refuse('file_not_found')
    if (textArg(context, 'channel_id') === '') refuse('invalid_channel')
    const channel = ownChannel(context, { name: 'channel_id' })
    const threadTs = textArg(context, 'thread_ts')
    const first = threadTs === '' ? null : (messageAt(state, channel.id, threadTs) ?? refuse('thread_not_found'))
    for (const { id } of uploads) state.uploads.delete(id)
    const message = addMessage(state, {
      channelId: channel.id,
      user: state.world.botUserId,
      text: textArg(context, 'initial_comment'),
      threadTs: first ? (first.threadTs ?? first.ts) : null,
      files: uploads,
    })
    void events.messagePosted(message)
    return { files: uploads.map(({ id, title }) => ({ id, title })) }
  },

  'files.info': (context) => {
    const { message, file } = posted(context)
    return { file: wireFile(context.state, message.user, file) }
  },
}

function posted(context: ApiContext) {
  const id = textArg(context, 'file')
  for (const message of Object.values(context.state.world.messages).flat()) {
    const file = message.deleted ? undefined : message.files.find((one) => one.id === id)
    if (file) return { message, file }
  }
  return refuse('file_not_found')
}

/** What is put at an upload address. False when there is no such address, or what came is not what was announced. */
export function takeUpload(state: State, path: string, body: string): boolean {
  const upload = state.uploads.get(path.slice('/upload/'.length))
  if (!upload || Buffer.byteLength(body) !== upload.length) return false
  upload.content = body
  upload.isThere = true
  return true
}
