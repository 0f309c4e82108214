/** What the asker alone sees: what fires, and everything that is known of one group. */
import type { Message } from '../../core/effects.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { bold, escapeInline, link, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { type AlertGroup, firingOf, membersOf, seenOf } from './domain.ts'
import type { Rules } from './rules.ts'
import type { Silence } from './silences/domain.ts'
import { silenceLine } from './silences/views.ts'
import { alertMessage, countWords, labelWords, memberLine } from './views.ts'
import { commonLabels, isAddress, linksOf, ownLabels, runbookOf, shortId, titleOf } from './words.ts'

export interface Listed {
  groups: readonly AlertGroup[]
  /** How many groups fire, shown or not. */
  count: number
  silences: readonly Silence[]
  /** Why Alertmanager's silences cannot be seen; null when they can, or when there are none of ours. */
  watchTrouble: string | null
}

export function listMessage({ groups, count, silences, watchTrouble }: Listed): Message {
  const heading =
    count === 0 ? 'Nothing fires.' : `${count === 1 ? 'One alert fires' : `${count} groups of alerts fire`}`
  const lines = groups.map(listLine)
  const left = count - groups.length
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...sections([...lines, ...(left > 0 ? [`… and ${left} that began earlier`] : [])]),
      ...sections([...silences.map(silenceLine), ...(silences.length === 0 ? [] : troubleLine(watchTrouble))]),
      context([
        '`/alert info <id>` shows one · `/alert why <id>` says what became of it · `/alert help` lists the rest',
      ]),
    ],
  }
}

function troubleLine(code: string | null): string[] {
  if (code === null) return []
  return [
    `:warning: Alertmanager cannot be asked (${escapeInline(code)}): what is changed or ended there is followed later.`,
  ]
}

function listLine(group: AlertGroup): string {
  const { outbreak, incident } = group
  const isSeen = seenOf(group).length > 0
  const mark = !isSeen ? ':no_bell:' : outbreak.acknowledgedAt === null ? ':fire:' : ':eyes:'
  const firing = firingOf(group).length
  const words = [
    `${mark} \`${shortId(group.id)}\` ${escapeInline(shorten(titleOf(group), 100))}`,
    ...(group.service === null ? [] : [escapeInline(shorten(group.service, 40))]),
    ...(firing > 1 ? [countWords(firing)] : []),
    `since ${when(outbreak.startedAt)}`,
    ...(incident === null ? [] : [`INC-${incident.id}`]),
    ...(outbreak.acknowledgedBy === null ? [] : [mention(outbreak.acknowledgedBy)]),
  ]
  return words.join(' · ')
}

const membersShown = 25
const textMax = 600

export function infoMessage(group: AlertGroup, rules: Rules): Message {
  const members = membersOf(group)
  const common = commonLabels(members)
  const runbook = runbookOf(group, rules.routeOf(group.route).runbook)
  const { text, blocks = [] } = alertMessage(group, rules)
  const annotations = Object.entries(firingOf(group)[0]?.annotations ?? members[0]?.annotations ?? {})
  const extra = firingOf(group)[0]?.extra ?? members[0]?.extra ?? {}
  return {
    text,
    blocks: [
      ...blocks.slice(0, 1),
      ...sections(members.slice(0, membersShown).map((member) => memberLine(member, ownLabels(member, common)))),
      section(`*Labels*\n${shorten(labelWords(common), 2_000)}`),
      ...(annotations.length === 0
        ? []
        : sections(
            annotations.map(
              ([name, value]) => `*${escapeInline(shorten(name, 60))}* ${escapeInline(shorten(value, textMax))}`,
            ),
          )),
      ...(Object.keys(extra).length === 0
        ? []
        : [section(`*Sent along*\n${escapeInline(shorten(canonical(extra), 1_000))}`)]),
      ...(runbook === null
        ? []
        : [section(`*Runbook* ${isAddress(runbook) ? link(runbook, runbook) : escapeInline(shorten(runbook, 200))}`)]),
      ...linkLine(group),
      context([`route ${escapeInline(group.route)} · id ${group.id} · outbreak ${group.outbreak.number}`]),
    ],
  }
}

function linkLine(group: AlertGroup) {
  const links = linksOf(membersOf(group)).map(({ url, title }) => link(url, title))
  return links.length === 0 ? [] : [context([links.join(' · ')])]
}
