import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { readEnv, Secret } from './env.ts'

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }

test('with nothing set the bot runs in try mode, on this machine only', () => {
  const { env, problems } = readEnv({})
  expect(problems).toEqual([])
  expect([env.isTry, env.host, env.port, env.databaseUrl]).toEqual([true, '127.0.0.1', 3000, null])
})

test('with Slack set it runs for real, on all addresses', () => {
  const { env, problems } = readEnv(slack)
  expect(problems).toEqual([])
  expect([env.isTry, env.host, env.slack?.apiUrl]).toEqual([false, '0.0.0.0', 'https://slack.com/api/'])
})

test.each([
  ['a token alone', { SLACK_BOT_TOKEN: 'xoxb-1' }, /set SLACK_SIGNING_SECRET for HTTP mode, or SLACK_APP_TOKEN/],
  ['a secret without a token', { SLACK_SIGNING_SECRET: 's' }, /SLACK_BOT_TOKEN is missing/],
  ['the wrong kind of token', { ...slack, SLACK_BOT_TOKEN: 'xoxp-1' }, /does not begin with xoxb-/],
  ['a mail server without a sender', { ...slack, SMTP_URL: 'smtp://x' }, /set MAIL_FROM/],
  ['a port that is none', { PORT: 'http' }, /write a number from 0 to 65535/],
  ['a database of another kind', { DATABASE_URL: 'mysql://x' }, /postgres:\/\//],
  ['a level that is none', { LOG_LEVEL: 'loud' }, /use trace, debug/],
])('%s stops the start and says which variable mends it', (_title, given, expected) => {
  expect(readEnv(given).problems.join('\n')).toMatch(expected)
})

test('a secret may stand in a file', () => {
  const { env } = readEnv(
    { ...slack, SLACK_SIGNING_SECRET: '', SLACK_SIGNING_SECRET_FILE: '/run/s' },
    () => 'from the file\n',
  )
  expect(env.slack?.signingSecret?.reveal()).toBe('from the file')
})

test('a file that cannot be read stops the start', () => {
  const read = () => {
    throw new Error('ENOENT')
  }
  expect(readEnv({ ...slack, SMTP_URL_FILE: '/nowhere' }, read).problems[0]).toBe(
    'SMTP_URL_FILE names /nowhere, which cannot be read',
  )
})

test('a slip of the fingers is pointed at', () => {
  expect(readEnv({ SLACK_SIGNIN_SECRET: 'x' }).warnings).toEqual([
    'SLACK_SIGNIN_SECRET is not known here: did you mean SLACK_SIGNING_SECRET?',
  ])
})

test('a secret never prints', () => {
  const secret = new Secret('hunter2')
  expect([String(secret), JSON.stringify({ secret }), inspect({ secret })].join(' ')).not.toContain('hunter2')
})

test('the token of an alert source is looked up by its name', () => {
  expect(readEnv({ HOOK_TOKEN_GENERIC: 't' }).env.hookTokenOf('generic')).toBe('t')
  expect(readEnv({}).env.hookTokenOf('generic')).toBeNull()
})
