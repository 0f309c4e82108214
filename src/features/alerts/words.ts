/** A group of alerts in words: what it is called, what its alerts have in common, and what tells them apart. Pure. */
import { type AlertGroup, firingOf, type Labels, type Link, type Member, membersOf } from './alert.ts'

/** What people call it, by what fires; once all is over, by what fired. */
export function titleOf(group: AlertGroup): string {
  const firing = firingOf(group)
  const titles = [...new Set((firing.length > 0 ? firing : membersOf(group)).map((member) => member.title))]
  const [first = group.id, ...others] = titles
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

/** The alerting rule that a group is counted under. */
export function ruleOf(group: AlertGroup): string {
  return group.key.alertname ?? firingOf(group)[0]?.title ?? membersOf(group)[0]?.title ?? group.id
}

export function commonLabels(members: readonly Member[]): Labels {
  const [first, ...others] = members
  if (!first) return {}
  const common = labelsInOrder(first).filter(([name, value]) => others.every((member) => member.labels[name] === value))
  return Object.fromEntries(common)
}

function labelsInOrder({ labels }: Member): [string, string][] {
  return Object.entries(labels).toSorted(([a], [b]) => byReading(a, b))
}

const readFirst = ['alertname', 'service', 'severity']

/** Names of labels: what people look for first, and then by the alphabet. The database keeps no order. */
export function byReading(a: string, b: string): number {
  const place = (name: string) => (readFirst.includes(name) ? readFirst.indexOf(name) : readFirst.length)
  return place(a) - place(b) || a.localeCompare(b)
}

/** The labels that tell this one apart from the others; of a lone one, none. */
export function ownLabels(member: Member, common: Labels): [string, string][] {
  return labelsInOrder(member).filter(([name]) => !(name in common))
}

/** Annotations that are addresses, by what people call them, and the sender's own links. Each address once. */
export function linksOf(members: readonly Member[]): Link[] {
  const found = members.flatMap(({ annotations, links }) => [
    ...Object.entries(linkAnnotations).flatMap(([name, title]) => {
      const url = annotations[name] ?? ''
      return isAddress(url) ? [{ title, url }] : []
    }),
    ...links,
  ])
  return [...new Map(found.map((link) => [link.url, link])).values()].slice(0, linksMax)
}

const linksMax = 5
const linkAnnotations: Labels = {
  dashboard_url: 'Dashboard',
  dashboard: 'Dashboard',
  __dashboard_url__: 'Dashboard',
  graph_url: 'Graph',
  panel_url: 'Graph',
}

/** Where the alert, or else its route, says what to do: an address, a path or a name. */
export function runbookOf(group: AlertGroup, ofRoute: string | null): string | null {
  const members = [...firingOf(group), ...membersOf(group)]
  const own = members.map(({ annotations, labels }) => annotations.runbook_url ?? annotations.runbook ?? labels.runbook)
  return own.find((pointer) => pointer !== undefined && pointer !== '') ?? ofRoute
}

export function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text)
}

/** How often it began to fire within the hour before it did so last. */
export function flaps({ firings }: Pick<AlertGroup, 'firings'>): number {
  return firings.length
}

/** The beginning of an id that people read and type. */
export function shortId(id: string): string {
  return id.slice(0, 6)
}

/** What a group says of itself to others: of its first alert that fires, with its name as a label. */
export function sayingOf(group: AlertGroup): Pick<Member, 'title' | 'labels' | 'annotations'> {
  const [first] = [...firingOf(group), ...membersOf(group)]
  const { title = group.id, labels = {}, annotations = {} } = first ?? {}
  return { title, annotations, labels: { alertname: title, ...labels } }
}
