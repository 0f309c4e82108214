/** The workspace that a newcomer finds: a small company, and the channels that the example tocsin.yml names. */
import type { SlackPerson } from '../types.ts'
import type { StoredChannel, World } from './state.ts'

const botUserId = 'U0TOCSIN01'

const people: SlackPerson[] = [
  person('U0ANA00001', 'ana', 'Ana Ferreira', 'On-call engineer'),
  person('U0BEN00002', 'ben', 'Ben Okafor', 'Backend engineer'),
  person('U0CLEO0003', 'cleo', 'Cleo Martin', 'Support lead'),
  person('U0DMITRI04', 'dmitri', 'Dmitri Volkov', 'Site reliability engineer'),
  person('U0EVA00005', 'eva', 'Eva Lind', 'Head of engineering'),
  person('U0GUS00006', 'gus', 'Gus Moreau', 'Contractor', 'guest'),
  person('U0SAM00007', 'sam', 'Sam Weber', 'Supplier', 'stranger'),
  person('U0OLGA0008', 'old-olga', 'Olga Novak', 'Left the company', 'deactivated'),
  person(botUserId, 'tocsin', 'Tocsin', 'App', 'bot'),
]

export function seedWorld(now: Date): World {
  const created = Math.floor(now.getTime() / 1_000)
  const everybody = people.filter(({ kind }) => kind === 'member').map(({ id }) => id)
  const channel = (id: string, name: string, topic: string, withBot: boolean): StoredChannel => ({
    id,
    name,
    kind: 'public',
    topic,
    isArchived: false,
    members: [
      ...everybody,
      ...(name === 'general' ? ['U0GUS00006', 'U0SAM00007'] : []),
      ...(withBot ? [botUserId] : []),
    ],
    pins: [],
    bookmarks: [],
    creator: 'U0EVA00005',
    created,
    purpose: '',
  })
  return {
    teamId: 'T0TOCSIN01',
    botUserId,
    botId: 'B0TOCSIN01',
    appId: 'A0TOCSIN01',
    people: structuredClone(people),
    groups: [
      { id: 'S0ONCALL01', handle: 'oncall-platform', name: 'On call for platform', users: ['U0ANA00001'] },
      { id: 'S0APPROVE2', handle: 'approvers', name: 'Approvers', users: ['U0DMITRI04', 'U0EVA00005'] },
    ],
    channels: [
      channel('C0GENERAL1', 'general', 'Company-wide', true),
      channel('C0INCIDEN2', 'incidents', 'Every incident, one message each', true),
      channel('C0ALERTS03', 'alerts', 'What our monitoring says', true),
      channel('C0OPS00004', 'ops', 'For those who run Tocsin', true),
      channel('C0UPDATES5', 'status-updates', 'For those who want to know', true),
      channel('C0RANDOM06', 'random', 'Everything else', false),
    ],
    messages: {},
    homes: {},
    lastId: 0,
    lastMicroseconds: 0,
  }
}

function person(
  id: string,
  name: string,
  realName: string,
  title: string,
  kind: SlackPerson['kind'] = 'member',
): SlackPerson {
  return { id, name, realName, title, email: `${name}@example.com`, timeZone: 'Europe/Lisbon', kind }
}
