/**
 * The words of a story: who does what, and what everybody sees. A message of the bot's that the story does not speak of
 * fails it, and so does a journal that does not fold to what is stored.
 */
import { expect, test } from 'vitest'
import { parseDuration } from '../../src/lib/duration.ts'
import { findDifferences } from '../../src/replay.ts'
import { controlNamed } from '../../src/simulator/slack/options.ts'
import type { Ack, Page, PersonHands, SlackMessage, SlackView } from '../../src/simulator/types.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'
import { visibleText } from './visible.ts'

export interface Play {
  stage: Stage
  slack: { channel(name: string): ChannelEye; person(name: string): Person }
  clock: { advance(duration: string): Promise<void> }
  pagerduty: {
    expectPage(...words: string[]): Promise<Page>
    expectStatus(key: string, status: Page['status']): Promise<void>
  }
  mail: { expectMail(to: string, ...words: string[]): Promise<void> }
  alerts: { post(body: unknown, source?: string): Promise<{ status: number; body: Record<string, unknown> }> }
  /** Everything that was asked for has been delivered. */
  settle(): Promise<void>
  /** Slack answers again, and what waited comes as its pauses end. */
  slackComesBack(): Promise<void>
}

export interface ChannelEye {
  id(): string
  /** Waits for a message that shows all these words, and takes it as expected. */
  expectMessage(...words: string[]): Promise<SeenMessage>
  /** What only this person sees there. */
  expectOnlyFor(person: Person, ...words: string[]): Promise<SeenMessage>
  messages(): readonly SlackMessage[]
}

export interface SeenMessage {
  now(): SlackMessage
  expectEdit(...words: string[]): Promise<void>
  shows(): string
}

/** A message of the bot's, as a story found it, or one that a person wrote. */
export type Said = SeenMessage | SlackMessage

export interface Person {
  id: string
  type(channel: string, line: string): Promise<Ack>
  click(message: SeenMessage, label: string): Promise<Ack>
  choose(message: SeenMessage, label: string, option: string): Promise<Ack>
  /** By the visible labels; a list where several may be chosen. */
  submit(values: Record<string, string | readonly string[]>): Promise<Ack>
  /** A button inside the open form; what is typed by then goes with it. */
  clickInModal(label: string, values?: Record<string, string | readonly string[]>): Promise<Ack>
  react(message: Said, emoji: string): Promise<void>
  unreact(message: Said, emoji: string): Promise<void>
  /** Says something in a channel; what was said, for the words below. */
  say(channel: string, text: string): Promise<SlackMessage>
  replyInThread(message: Said, text: string): Promise<SlackMessage>
  editMessage(message: SlackMessage, text: string): Promise<void>
  deleteMessage(message: SlackMessage): Promise<void>
  postFile(channel: string, file: { name: string; content: string; text?: string }): Promise<SlackMessage>
  useShortcut(message: Said, name: string): Promise<Ack>
  joinChannel(channel: string): Promise<void>
  /** Opens App Home, and waits until it shows all these words. */
  openHome(...words: string[]): Promise<SlackView>
  expectModal(title: string): Promise<SlackView>
  /** What the bot says to this person alone, wherever that is. */
  expectTold(...words: string[]): Promise<SeenMessage>
  hands: PersonHands
}

export function story(title: string, play: (given: Play) => Promise<void>, options: StageOptions = {}): void {
  test(title, { timeout: (options.secondsMax ?? 60) * 1_000 }, async () => {
    const stage = await openStage(options)
    try {
      await tell(stage, play)
    } finally {
      await stage.close()
    }
  })
}

// Slack takes about a message a second in a channel; a story may say several.
const patience = { timeout: 15_000, interval: 20 }

const pauseSecondsMax = 120

/** What goes wrong, in words; null when nothing does. */
function problemOf(go: () => unknown): string | null {
  try {
    go()
    return null
  } catch (error) {
    return String(error)
  }
}

export async function tell(stage: Stage, play: (given: Play) => Promise<void>): Promise<void> {
  const { simulator, clock } = stage
  const expected = new Set<string>()
  const name = (message: SlackMessage) => `${message.channelId}/${message.ts}`
  const botMessages = () =>
    simulator.slack
      .channels()
      .flatMap((channel) => simulator.slack.messages(channel.id))
      .filter(isFromBot)
  const isFromBot = (message: SlackMessage) => bots.has(message.user) && !message.deleted
  const bots = new Set(
    simulator.slack
      .people()
      .filter((person) => person.kind === 'bot')
      .map((person) => person.id),
  )

  async function find(
    where: string,
    candidates: () => readonly SlackMessage[],
    words: readonly string[],
  ): Promise<SeenMessage> {
    const matching = () =>
      candidates().find((message) => !expected.has(name(message)) && isFromBot(message) && showsAll(message, words))
    await expect.poll(() => matching() !== undefined || described(where, words, candidates()), patience).toBe(true)
    const message = matching() as SlackMessage
    expected.add(name(message))
    return seen(message)
  }
  const described = (where: string, words: readonly string[], there: readonly SlackMessage[]) =>
    `${where}: no message with ${words.join(' + ')}; there is:\n${there
      .filter(isFromBot)
      .map((message) => `  - ${show(message)}`)
      .join('\n')}`
  const show = (message: SlackMessage) => visibleText(message, simulator.slack)
  const showsAll = (message: SlackMessage, words: readonly string[]) =>
    words.every((word) => show(message).includes(word))
  const current = (message: SlackMessage) =>
    simulator.slack.messages(message.channelId).find((candidate) => candidate.ts === message.ts) ?? message

  function seen(message: SlackMessage): SeenMessage {
    return {
      now: () => current(message),
      shows: () => show(current(message)),
      async expectEdit(...words) {
        await expect
          .poll(() => showsAll(current(message), words) || `it shows: ${show(current(message))}`, patience)
          .toBe(true)
      },
    }
  }

  function channel(given: string): ChannelEye {
    const find_ = () =>
      simulator.slack
        .channels()
        .find((candidate) => candidate.name === given.replace(/^#/, '') || candidate.id === given)
    const id = () => {
      const found = find_()
      if (!found)
        throw new Error(
          `there is no channel ${given}; there are ${simulator.slack
            .channels()
            .map((one) => one.name)
            .join(', ')}`,
        )
      return found.id
    }
    const all = () => (find_() ? simulator.slack.messages(id()) : [])
    return {
      id,
      messages: all,
      expectMessage: (...words) => find(given, () => all().filter((message) => message.onlyFor === null), words),
      expectOnlyFor: (person, ...words) =>
        find(given, () => all().filter((message) => message.onlyFor === person.id), words),
    }
  }

  function person(given: string): Person {
    const hands = simulator.slack.person(given)
    const isForMe = (message: SlackMessage) => {
      const home = simulator.slack.channels().find((candidate) => candidate.id === message.channelId)
      return message.onlyFor === hands.id || (home?.kind === 'dm' && home.members.includes(hands.id))
    }
    const nowOf = (message: Said) => current('now' in message ? message.now() : message)
    const posted = async (where: string, post: () => Promise<unknown>) => {
      await post()
      const mine = channel(where)
        .messages()
        .findLast((message) => message.user === hands.id)
      if (!mine) throw new Error(`${given} said nothing in ${where}`)
      return mine
    }
    // A channel has its first message before the last has been asked in.
    const enter = async (where: string) => {
      const id = channel(where).id()
      const isIn = () => simulator.slack.channels().some((one) => one.id === id && one.members.includes(hands.id))
      await expect.poll(isIn, { ...patience, message: `${given} is in ${where}` }).toBe(true)
      return id
    }
    return {
      id: hands.id,
      hands,
      async type(where, line) {
        const ack = await hands.type(await enter(where), line)
        expect(ack, `${given} typed ${line} in ${where}`).toMatchObject({ outcome: 'ok' })
        return ack
      },
      clickInModal: (label, values) => hands.clickInModal(label, undefined, values),
      react: (message, emoji) => hands.react(nowOf(message), emoji),
      unreact: (message, emoji) => hands.unreact(nowOf(message), emoji),
      say: (where, text) => posted(where, async () => hands.type(await enter(where), text)),
      async replyInThread(message, text) {
        const { channelId, ts, threadTs } = nowOf(message)
        return posted(channelId, () => hands.type(channelId, text, threadTs ?? ts))
      },
      editMessage: (message, text) => hands.edit(message, text),
      deleteMessage: (message) => hands.delete(message),
      postFile: (where, file) => posted(where, async () => hands.postFile(await enter(where), file)),
      useShortcut: (message, name) => hands.shortcut(name, nowOf(message)),
      joinChannel: (where) => hands.join(channel(where).id()),
      async openHome(...words) {
        await hands.openHome()
        const text = () => {
          const home = hands.home()
          return home ? visibleText({ text: '', blocks: home.blocks }, simulator.slack) : 'an empty home'
        }
        await expect
          .poll(() => words.every((word) => text().includes(word)) || `App Home shows: ${text()}`, patience)
          .toBe(true)
        return hands.home() as SlackView
      },
      async click(message, label) {
        // As a person does: the edit that brings a button may come a second after the words that speak of it.
        await expect
          .poll(() => problemOf(() => controlNamed(message.now().blocks, label, 'on that message')), patience)
          .toBeNull()
        return hands.click(message.now(), label)
      },
      choose: (message, label, option) => hands.choose(message.now(), label, option),
      submit: (values) => hands.submit(values),
      async expectModal(title) {
        await expect.poll(() => hands.modal()?.title, patience).toBe(title)
        return hands.modal() as SlackView
      },
      expectTold: (...words) => find(`told to ${given}`, () => botMessages().filter(isForMe), words),
    }
  }

  const settle = async () => {
    await expect.poll(() => stage.openWork(), { timeout: 20_000, interval: 40 }).toEqual([])
  }

  await play({
    stage,
    slack: { channel, person },
    clock: {
      async advance(duration) {
        await settle()
        clock.advance(parseDuration(duration) ?? 0)
      },
    },
    pagerduty: {
      async expectPage(...words) {
        const matching = () =>
          simulator.pagerduty
            .pages()
            .find((page) => words.every((word) => `${page.summary} ${page.severity} ${page.key}`.includes(word)))
        await expect
          .poll(() => matching() !== undefined || simulator.pagerduty.pages().map((page) => page.summary), patience)
          .toBe(true)
        return matching() as Page
      },
      async expectStatus(key, status) {
        await expect
          .poll(() => simulator.pagerduty.pages().find((page) => page.key === key)?.status, patience)
          .toBe(status)
      },
    },
    mail: {
      async expectMail(to, ...words) {
        const matching = () =>
          simulator.mailbox
            .mails()
            .some(
              (mail) => mail.to.includes(to) && words.every((word) => `${mail.subject}\n${mail.text}`.includes(word)),
            )
        await expect
          .poll(() => matching() || simulator.mailbox.mails().map((mail) => mail.subject), patience)
          .toBe(true)
      },
    },
    alerts: {
      async post(body, source = 'generic') {
        const sent = await stage.senders.post(source, body)
        return { status: sent.status, body: JSON.parse(sent.body) as Record<string, unknown> }
      },
    },
    settle,
    async slackComesBack() {
      simulator.slack.faults.mode = 'up'
      // The longest pause ends within these; a slow machine must not see more hours go by than a quick one.
      const steps = Array.from({ length: pauseSecondsMax / 5 }, () => 5_000)
      const leftAfterAStep = () => {
        clock.advance(steps.pop() ?? 0)
        return stage.openWork()
      }
      await expect.poll(leftAfterAStep, { timeout: 20_000, interval: 100 }).toEqual([])
    },
  })

  await settle()
  const unexpected = botMessages().filter((message) => !expected.has(name(message)))
  expect(
    unexpected.map((message) => `in ${message.channelId}: ${show(message)}`),
    'messages that the story does not speak of',
  ).toEqual([])
  expect(simulator.pagerduty.violations, 'asked of PagerDuty as PagerDuty does not have it').toEqual([])
  expect(await findDifferences(stage.app.database.db), 'the journal folds to what is stored').toEqual([])
}
