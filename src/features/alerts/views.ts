/** How an alert looks: one live message each time it fires. */
import { z } from 'zod'
import type { Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { actions, context, section } from '../../lib/blocks.ts'
import { bold, escapeInline, link, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import type { AlertGroup } from './domain.ts'

export const declareIncidentButton = button('alerts.declareIncident', z.object({ alert: z.string() }))

export function alertMessage(group: AlertGroup): Message {
  const isFiring = group.status === 'firing'
  const head = `${isFiring ? ':fire:' : ':white_check_mark:'} ${bold(isFiring ? 'Firing' : 'Resolved')} ${escapeInline(shorten(group.title, 200))}`
  const since = group.resolvedAt === null ? `since ${when(group.startedAt)}` : `after ${minutes(group)}`
  const often = group.firedCount > 1 ? [`×${group.firedCount}`] : []
  const facts = [
    since,
    ...often,
    `from ${escapeInline(group.source)}`,
    ...(group.incident === null ? [] : [bold(`INC-${group.incident}`)]),
  ]
  const mayDeclare = isFiring && group.incident === null
  return {
    text: `${isFiring ? 'Firing' : 'Resolved'}: ${escapeInline(group.title)}`,
    blocks: [
      section(`${head}\n${facts.join(' · ')}`),
      ...(group.summary === '' ? [] : [section(escapeInline(shorten(group.summary, 1_000)))]),
      ...labelLine(group),
      ...(mayDeclare ? [actions([declareIncidentButton.draw('Declare incident', { alert: group.id })])] : []),
    ],
  }
}

function labelLine(group: AlertGroup) {
  const labels = Object.entries(group.labels).slice(0, 12)
  const words = labels.map(([name, value]) => escapeInline(`${shorten(name, 40)}=${shorten(value, 80)}`))
  const parts = [...(group.link === null ? [] : [link(group.link, 'Open at the source')]), ...words]
  return parts.length === 0 ? [] : [context([parts.join(' · ')])]
}

function minutes({ startedAt, resolvedAt }: AlertGroup): string {
  const spent = Date.parse(resolvedAt ?? startedAt) - Date.parse(startedAt)
  return spent < 60_000 ? 'less than a minute' : `${Math.round(spent / 60_000)} min`
}
