/** users.*, usergroups.*, auth.test, team.info: who is here, and who am I. */
import { refuse } from '../refusal.ts'
import { personOf, type UserGroup } from '../state.ts'
import { wireChannel, wirePerson, workspace } from '../wire.ts'
import { type ApiContext, type ApiMethods, flagArg, page, textArg } from './call.ts'

export const people: ApiMethods = {
  'api.test': ({ args }) => ({ args }),

  'auth.test': ({ state }) => ({
    url: workspace.url,
    team: workspace.name,
    team_id: state.world.teamId,
    user: personOf(state, state.world.botUserId)?.name,
    user_id: state.world.botUserId,
    bot_id: state.world.botId,
    is_enterprise_install: false,
  }),

  'team.info': ({ state }) => ({
    team: {
      id: state.world.teamId,
      name: workspace.name,
      domain: workspace.domain,
      email_domain: 'example.com',
      icon: {},
    },
  }),

  'bots.info': ({ state, args }) => {
    const { world } = state
    if (args.bot !== undefined && args.bot !== world.botId) refuse('bot_not_found')
    return { bot: { id: world.botId, deleted: false, name: 'Tocsin', app_id: world.appId, user_id: world.botUserId } }
  },

  'users.info': (context) => {
    const person = personOf(context.state, textArg(context, 'user')) ?? refuse('user_not_found')
    return { user: wirePerson(context.state, person, mayReadEmail(context)) }
  },

  'users.getPresence': (context) => {
    const person = personOf(context.state, textArg(context, 'user')) ?? refuse('user_not_found')
    return { presence: person.isAway || person.kind === 'deactivated' ? 'away' : 'active' }
  },

  'dnd.info': (context) => {
    const person = personOf(context.state, textArg(context, 'user')) ?? refuse('user_not_found')
    const now = Math.floor(context.state.clock.now().getTime() / 1_000)
    const [start, end] = person.isQuiet ? [now - 60, now + 3_600] : [now + 36_000, now + 72_000]
    return { dnd_enabled: true, next_dnd_start_ts: start, next_dnd_end_ts: end }
  },

  'users.list': (context) => {
    const { items, cursor } = page(context, context.state.world.people, 200)
    return {
      members: items.map((person) => wirePerson(context.state, person, mayReadEmail(context))),
      response_metadata: cursor,
    }
  },

  'users.lookupByEmail': (context) => {
    const email = textArg(context, 'email').toLowerCase()
    const person = context.state.world.people.find(
      (one) => one.email.toLowerCase() === email && ['member', 'guest'].includes(one.kind),
    )
    return { user: wirePerson(context.state, person ?? refuse('users_not_found'), mayReadEmail(context)) }
  },

  'users.conversations': (context) => {
    const { state } = context
    const user = textArg(context, 'user') || state.world.botUserId
    const isHis = (members: readonly string[]) => members.includes(user) && members.includes(state.world.botUserId)
    const found = state.world.channels.filter((channel) => channel.kind !== 'dm' && isHis(channel.members))
    const open = flagArg(context, 'exclude_archived') ? found.filter((channel) => !channel.isArchived) : found
    const { items, cursor } = page(context, open, 100)
    return { channels: items.map((channel) => wireChannel(state, channel)), response_metadata: cursor }
  },

  'usergroups.list': (context) => {
    const withUsers = flagArg(context, 'include_users')
    return { usergroups: context.state.world.groups.map((group) => wireGroup(context, group, withUsers)) }
  },

  'usergroups.users.list': (context) => {
    const group =
      context.state.world.groups.find(({ id }) => id === textArg(context, 'usergroup')) ?? refuse('no_such_subteam')
    return { users: group.users }
  },

  'usergroups.users.update': (context) => {
    const { state } = context
    const group = state.world.groups.find(({ id }) => id === textArg(context, 'usergroup')) ?? refuse('no_such_subteam')
    const users = [...new Set(textArg(context, 'users').split(',').filter(Boolean))]
    if (users.length === 0) refuse('no_users_provided')
    if (users.some((user) => personOf(state, user)?.kind !== 'member')) refuse('invalid_users')
    group.users = users
    state.changed()
    return { usergroup: wireGroup(context, group, true) }
  },
}

function mayReadEmail({ granted }: ApiContext): { withEmail: boolean } {
  return { withEmail: granted.has('users:read.email') }
}

function wireGroup({ state }: ApiContext, group: UserGroup, withUsers: boolean): Record<string, unknown> {
  const { id, handle, name, users } = group
  return {
    id,
    handle,
    name,
    team_id: state.world.teamId,
    is_usergroup: true,
    date_delete: 0,
    user_count: users.length,
    ...(withUsers ? { users } : {}),
  }
}
