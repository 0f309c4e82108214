/** The page of a run: everything that its steps saw, which a message is too short for. */
import { timingSafeEqual } from 'node:crypto'
import type { Page } from '../../core/pages.ts'
import { aggregate } from './aggregate.ts'
import type { Run, Step } from './domain.ts'
import { figure, plainWords } from './plain-words.ts'
import { load } from './store.ts'

export const pages: readonly Page[] = [
  {
    method: 'GET',
    path: '/runbooks/runs/:id/:token',
    async answer({ db, params, policy }) {
      const { id = '', token = '' } = params
      const run = isSame(token, policy(aggregate).pageOf(id)) ? await load(db, id) : null
      return run === null
        ? { status: 404, body: page('No such run', '<p>There is no such run, or the link is not whole.</p>') }
        : { headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }, body: pageOf(run) }
    },
  },
]

/** The signature is the end of the address. */
function isSame(given: string, address: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(address.split('/').at(-1) ?? '')]
  return a.length === b.length && timingSafeEqual(a, b)
}

function pageOf(run: Run): string {
  const steps = run.steps.map((step, index) => stepHtml(step, index + 1)).join('\n')
  return page(
    run.title,
    `<p>Runbook <code>${html(run.name)}</code>, started ${html(run.startedAt)}, ${run.status}.</p>\n${steps}`,
  )
}

function stepHtml(step: Step, number: number): string {
  const facts = [step.state, step.at, step.note, step.answer].filter((fact) => fact !== null && fact !== '')
  const series = (step.seen?.series ?? []).map(
    ({ labels, value, points }) =>
      `<tr><td>${html(labels)}</td><td>${html(figure(value))}</td><td>${html(points.map(figure).join(' '))}</td></tr>`,
  )
  const seen =
    step.seen === null
      ? ''
      : `<p>${html(step.seen.summary)}</p><table><tr><th>series</th><th>now</th><th>before</th></tr>${series.join('')}</table>`
  return `<section id="${html(step.id)}"><h2>${number}. ${html(step.section)}</h2><p>${html(plainWords(step.words))}</p><p>${html(facts.join(' · '))}</p>${seen}</section>`
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(title)}</title><style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}td,th{padding:.2rem .6rem;text-align:left;vertical-align:top}</style></head>
<body><main><h1>${html(title)}</h1>${body}</main></body></html>`
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
