/** users.*, usergroups.*, auth.test. */
import type { SlackPerson } from '../../types.ts'
import { refuse } from '../refusal.ts'
import { personOf, type State } from '../state.ts'
import { type ApiMethod, page, textArg } from './call.ts'

export const people: Record<string, ApiMethod> = {
  'auth.test': ({ state }) => ({
    url: 'https://tocsin-try.slack.example/',
    team: 'Tocsin Try',
    team_id: state.world.teamId,
    user: 'tocsin',
    user_id: state.world.botUserId,
    bot_id: state.world.botId,
    is_enterprise_install: false,
  }),
  'users.info': ({ state, args }) => ({ user: wirePerson(state, personOf(state, textArg(args, 'user')) ?? refuse('user_not_found')) }),
  'users.list': ({ state, args }) => {
    const { items, next } = page(state.world.people, args, 200)
    return { members: items.map((person) => wirePerson(state, person)), response_metadata: { next_cursor: next } }
  },
  'usergroups.list': ({ state }) => ({
    usergroups: state.world.groups.map(({ id, handle, name, users }) => ({ id, handle, name, team_id: state.world.teamId, user_count: users.length })),
  }),
  'usergroups.users.list': ({ state, args }) => {
    const group = state.world.groups.find(({ id }) => id === textArg(args, 'usergroup')) ?? refuse('no_such_subteam')
    return { users: group.users }
  },
}

function wirePerson(state: State, person: SlackPerson): Record<string, unknown> {
  const isStranger = person.kind === 'stranger'
  return {
    id: person.id,
    team_id: isStranger ? 'T0ELSEWHER' : state.world.teamId,
    name: person.name,
    real_name: person.realName,
    deleted: person.kind === 'deactivated',
    is_bot: person.kind === 'bot',
    is_restricted: person.kind === 'guest',
    is_ultra_restricted: false,
    ...(isStranger ? { is_stranger: true } : {}),
    tz: person.timeZone,
    profile: { real_name: person.realName, display_name: person.name, title: person.title, email: person.email },
  }
}
