/** A workspace of three people held in memory, without a bot: enough of a Simulator for the tests of the try page. */
import { movableClock } from '../../lib/clock.ts'
import type {
  Ack,
  ChannelHands,
  Page,
  PersonHands,
  Simulator,
  SlackChannel,
  SlackMessage,
  SlackPerson,
} from '../types.ts'

export interface SmallWorld extends Simulator {
  /** What the hands did, as `ana type C0000000001 hello`. */
  readonly done: string[]
  /** Tells whoever listens. */
  change(): void
}

const taken: Ack = { outcome: 'ok', status: 200, milliseconds: 1, body: '' }

export function smallWorld(): SmallWorld {
  const listeners = new Set<() => void>()
  const done: string[] = []
  const clock = movableClock(() => Date.parse('2026-11-20T12:00:00Z'))
  const change = () => {
    for (const listener of listeners) listener()
  }
  const hands = (person: SlackPerson) => smallHands(person, done, change)
  return {
    done,
    change,
    url: 'http://127.0.0.1:0',
    env: {},
    socketEnv: {},
    sockets: { count: () => 0, refresh: () => {} },
    clock,
    slack: {
      manifest: {
        features: {
          slash_commands: [{ command: '/inc', description: 'Run an incident', usage_hint: '<what is wrong>' }],
          shortcuts: [{ name: 'Declare incident', type: 'message', callback_id: 'declare', description: 'From here' }],
        },
        oauth_config: { scopes: { bot: [] } },
        settings: {},
      },
      people: () => people,
      channels: () => channels,
      messages: (channelId) => messages.filter((message) => message.channelId === channelId),
      person(nameOrId) {
        const person = people.find(({ id, name }) => id === nameOrId || name === nameOrId)
        if (!person) throw new Error(`There is nobody called ${nameOrId}.`)
        return hands(person)
      },
      deactivate: async () => change(),
      show: async () => change(),
      calls: [],
      faults: { mode: 'up', slowMilliseconds: 0, inject: change, clear: change, deliverTimes: 1 },
      deliveries: [],
    },
    pagerduty: smallPager(done),
    alertmanager: { active: () => [], end() {}, change() {}, forget() {}, faults: noFaults() },
    sns: { message: () => ({}), subscription: () => ({}), confirmed: () => [] },
    mailbox: { url: 'smtp://127.0.0.1:0', mails: () => [], mode: 'up' },
    connect: () => {},
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {},
  }
}

const people = [
  person('U000000ANA', 'ana', 'member'),
  person('U000000GUS', 'gus', 'guest'),
  person('U000000BOT', 'tocsin', 'bot'),
]

function person(id: string, name: string, kind: SlackPerson['kind']): SlackPerson {
  return { id, name, realName: name, title: '', email: `${name}@example.com`, timeZone: 'Etc/UTC', kind }
}

const channels = [
  channel('C0000000001', 'incidents', 'public'),
  channel('C0000000002', 'secret', 'private', ['U000000BOT']),
]

function channel(
  id: string,
  name: string,
  kind: SlackChannel['kind'],
  members = ['U000000ANA', 'U000000BOT'],
): SlackChannel {
  return { id, name, kind, topic: '', isArchived: false, members, pins: [], bookmarks: [] }
}

const messages = [
  message('1.000001', 'for everybody', {}),
  message('1.000002', 'for ana', { onlyFor: 'U000000ANA' }),
  message('1.000003', 'for gus', { onlyFor: 'U000000GUS' }),
  message('1.000004', 'gone', { deleted: true }),
  message('1.000005', 'hello <@U000000ANA>', {}),
  message('1.000006', 'a reply', { threadTs: '1.000001' }),
]

function message(ts: string, text: string, more: Partial<SlackMessage>): SlackMessage {
  return {
    ts,
    channelId: 'C0000000001',
    user: 'U000000BOT',
    text,
    blocks: [],
    threadTs: null,
    edited: false,
    deleted: false,
    onlyFor: null,
    reactions: [],
    metadata: null,
    files: [],
    ...more,
  }
}

function smallPager(done: string[]): Simulator['pagerduty'] {
  const page: Page = {
    id: 'Q1',
    key: 'incidents/42',
    routingKey: 'R',
    summary: 'checkout is down',
    severity: 'critical',
    status: 'triggered',
    at: new Date(0),
    link: null,
    priority: null,
    assignees: [],
    acknowledgedBy: null,
    notes: [],
    requests: [],
  }
  return {
    pages: () => [page],
    duty: [],
    acknowledge: (key) => done.push(`acknowledge ${key}`),
    resolve: (key) => done.push(`resolve ${key}`),
    passOn: (key, how) => done.push(`${how} ${key}`),
    unacknowledge: (key) => done.push(`unacknowledge ${key}`),
    faults: noFaults(),
    calls: [],
    violations: [],
  }
}

function noFaults(): Simulator['pagerduty']['faults'] {
  return { mode: 'up', slowMilliseconds: 0, inject: () => {}, clear: () => {}, deliverTimes: 1 }
}

function smallHands(person: SlackPerson, done: string[], change: () => void): PersonHands {
  const note = (...words: string[]) => {
    done.push([person.name, ...words].join(' '))
    change()
  }
  const acknowledged = async (...words: string[]) => {
    note(...words)
    return taken
  }
  return {
    id: person.id,
    person,
    type: (channelId, line) => acknowledged('type', channelId, line),
    async click(_message, label) {
      throw new Error(`There is no button «${label}» on that message.`)
    },
    choose: (chosenAt, label, option) => acknowledged('choose', chosenAt.ts, label, option),
    modal: () => null,
    submit: () => acknowledged('submit'),
    clickInModal: (label) => acknowledged('clickInModal', label),
    closeModal: () => acknowledged('closeModal'),
    async openHome() {
      note('openHome')
      return null
    },
    home: () => null,
    clickInHome: (label) => acknowledged('clickInHome', label),
    shortcut: (name) => acknowledged('shortcut', name),
    react: async (reactedTo, emoji) => note('react', reactedTo.ts, emoji),
    unreact: async (reactedTo, emoji) => note('unreact', reactedTo.ts, emoji),
    edit: async (edited, text) => note('edit', edited.ts, text),
    delete: async (deleted) => note('delete', deleted.ts),
    postFile: async (channelId, file) => note('postFile', channelId, file.name),
    channels: smallChannelHands(note),
    join: async (channelId) => note('join', channelId),
    leave: async (channelId) => note('leave', channelId),
  }
}

function smallChannelHands(note: (...words: string[]) => void): ChannelHands {
  return {
    async create(name) {
      note('create', name)
      return 'C0000000003'
    },
    rename: async (...words) => note('rename', ...words),
    setTopic: async (...words) => note('setTopic', ...words),
    archive: async (...words) => note('archive', ...words),
    unarchive: async (...words) => note('unarchive', ...words),
    makePrivate: async (...words) => note('makePrivate', ...words),
    invite: async (...words) => note('invite', ...words),
    remove: async (...words) => note('remove', ...words),
    addBookmark: async (...words) => note('addBookmark', ...words),
    removeBookmark: async (...words) => note('removeBookmark', ...words),
  }
}
