/** The fenced block of a step, read into what it does. A mistake says what would be accepted. */
import { parseDuration } from '../../lib/duration.ts'
import type { Choice, StepBlock } from './runbook.ts'
import { stepKinds } from './runbook.ts'
import { readSql } from './sql-blocks.ts'
import { isQuotedInQuery, problemWith, variable, variablesIn } from './variables.ts'

export type ReadBlock = { block: StepBlock } | { problem: string; accepted: string }

export function isStepKind(word: string | null | undefined): word is (typeof stepKinds)[number] {
  return stepKinds.some((kind) => kind === word)
}

export function readBlock(kind: (typeof stepKinds)[number], text: string): ReadBlock {
  const unknown = variablesIn(text)
    .map(problemWith)
    .find((problem) => problem !== null)
  if (unknown)
    return {
      problem: unknown,
      accepted: 'Use labels.<name>, annotations.<name> or incident.<key, title, service, severity>',
    }
  const words = text.trim()
  if (words === '') return { problem: `the ${kind} is empty`, accepted: accepted[kind] }
  return readers[kind](words)
}

const accepted: Record<(typeof stepKinds)[number], string> = {
  query: 'Write PromQL; a first line "for 30m" says how far back the picture goes',
  check: 'Write "GET https://address expect 200", or "sql <database> expect 0" and a query below it',
  action: 'Write "rollback checkout production" or "<action> <target> [name=value …]"',
  comms: 'Write the name of a message to clients: incident-first-confirmed (`/comms templates` lists them)',
  ask: 'Write one answer a line: "Yes -> mitigation-2, then Verify" or "No -> Escalate"',
  wait: 'Write a duration: 5m',
  page: 'Write the team, and after it what to say',
  link: 'Write "https://address title"',
  shell: 'Write what is to be copied',
}

function misfit(kind: keyof typeof accepted, what: string): ReadBlock {
  return { problem: `"${what.slice(0, 80)}" is no ${kind}`, accepted: accepted[kind] }
}

const readers: Record<(typeof stepKinds)[number], (text: string) => ReadBlock> = {
  query(text) {
    const [first = '', ...rest] = text.split('\n')
    const span = /^for\s+(\S+)$/.exec(first.trim())
    const milliseconds = span ? parseDuration(span[1] ?? '') : 60 * 60_000
    if (milliseconds === null) return misfit('query', first)
    const promql = (span ? rest.join('\n') : text).trim()
    if (promql === '') return misfit('query', text)
    if (!isQuotedInQuery(promql))
      return {
        problem: 'a variable stands outside quotes',
        accepted: 'Put it into a label matcher: {instance="{{ labels.instance }}"}',
      }
    return { block: { kind: 'query', promql, forMinutes: Math.max(Math.round(milliseconds / 60_000), 1) } }
  },
  check(text) {
    if (/^sql\b/.test(text)) return readSql(text)
    const found = /^(?:GET\s+)?(https?:\/\/\S+?)(?:\s+expect\s+(\d{3}))?$/.exec(unspaced(text))
    if (!found) return misfit('check', text)
    return { block: { kind: 'check', url: found[1] ?? '', expectStatus: Number(found[2] ?? 200) } }
  },
  action(text) {
    // Read into words before anything is filled in: a value can never become two of them.
    const words = wordsOf(text)
    const plain = words.filter((word) => !/^[a-z][\w-]*=/i.test(word))
    const [action, ...target] = plain
    if (action === undefined || target.length === 0) return misfit('action', text)
    const parameters = Object.fromEntries(
      words
        .filter((word) => !plain.includes(word))
        .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
    )
    return { block: { kind: 'action', action, target: target.join(' '), parameters } }
  },
  comms: (text) => (/^[a-z0-9/-]+$/.test(text) ? { block: { kind: 'comms', template: text } } : misfit('comms', text)),
  ask(text) {
    const choices = text.split('\n').map((line) => /^(.+?)\s*->\s*(\S.*)$/.exec(line.trim()))
    if (choices.length < 2 || choices.some((choice) => choice === null)) return misfit('ask', text)
    return {
      block: {
        kind: 'ask',
        choices: choices.map((choice) => choiceOf(choice?.[1] ?? '', choice?.[2] ?? '')),
      },
    }
  },
  wait(text) {
    const milliseconds = parseDuration(text)
    return milliseconds === null || milliseconds === 0
      ? misfit('wait', text)
      : { block: { kind: 'wait', milliseconds } }
  },
  page(text) {
    const [team = '', ...message] = text.split(/\s+/)
    return { block: { kind: 'page', team, message: message.join(' ') } }
  },
  link(text) {
    const found = /^(https?:\/\/\S+)(?:\s+(.+))?$/.exec(unspaced(text))
    return found ? { block: { kind: 'link', url: found[1] ?? '', title: found[2] ?? 'Open' } } : misfit('link', text)
  },
  shell: (text) => ({ block: { kind: 'shell', text } }),
}

/** `Yes -> mitigation-2, then Verify`: the stops of the way, the first of them at once. */
function choiceOf(answer: string, way: string): Choice {
  const [goTo = '', ...onward] = way.split(',').map((stop) => stop.replace(/^\s*then\s+/i, '').trim())
  return { answer: answer.slice(0, 70), goTo, ...(onward.length === 0 ? {} : { onward }) }
}

/** A variable with blanks inside its braces is a part of the address that it stands in. */
function unspaced(text: string): string {
  return text.replace(variable, '{{$1}}')
}

function wordsOf(text: string): string[] {
  // A variable with blanks inside its braces is one word.
  return [...text.matchAll(/(?:\{\{[^}]*\}\}|"[^"]*"|\S)+/g)].map((match) => match[0].replaceAll('"', ''))
}
