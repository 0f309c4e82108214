/** «Make something happen»: alerts fire, signs of life stay away, Slack goes down, time passes. */
import { h } from './dom.js'

const slackModes = { up: 'Up', slow: 'Slow', down: 'Down' }
const leaps = [
  { minutes: 1, words: '+1 min' },
  { minutes: 5, words: '+5 min' },
  { minutes: 60, words: '+1 h' },
  { minutes: 1_440, words: '+1 day' },
]

export function panel(page, world) {
  return h(
    'section',
    { class: 'panel', key: 'panel', 'aria-labelledby': 'panel-title' },
    h('h2', { id: 'panel-title' }, 'Make something happen'),
    alerts(page, world),
    slack(page, world),
    clock(page, world),
    world.around.map((line) => h('p', { class: 'panel-around', key: line }, line)),
    h('p', { class: 'panel-result', role: 'status' }, page.state.panelResult),
  )
}

function alerts(page, world) {
  if (world.hooks.length === 0) return null
  const { source, label, does } = world.hooks.find((hook) => hook.source === page.state.source) ?? world.hooks[0]
  const fire = (variant, done) => () =>
    page.happen({ do: 'fire', source, variant }, ({ hook }) =>
      hook === null ? `${label}: ${done}.` : `${label}: ${done}. The bot answered ${hook.status}: ${hook.body}`,
    )
  return h(
    'div',
    { class: 'panel-row', role: 'group', 'aria-label': 'Alerts' },
    h('label', { for: 'alert-source' }, 'Alert from'),
    h(
      'select',
      {
        id: 'alert-source',
        class: 'select',
        value: source,
        onchange: (event) => page.show({ source: event.target.value }),
      },
      world.hooks.map((hook) => h('option', { key: hook.source, value: hook.source }, hook.label)),
    ),
    h(
      'div',
      { class: 'buttons' },
      acts[does].map(({ words, variant, done, style }) => action(page, words, fire(variant, done), style)),
    ),
  )
}

const acts = {
  alerts: [
    { words: 'Fire an alert', variant: 'firing', done: 'fired', style: 'primary' },
    { words: 'Storm of 50', variant: 'storm', done: 'fifty fired' },
    { words: 'Resolve it', variant: 'resolved', done: 'resolved' },
  ],
  heartbeat: [
    {
      words: 'Let it go silent',
      variant: 'silence',
      done: 'the clock moved on to when it is missed',
      style: 'primary',
    },
    { words: 'Send a sign of life', variant: 'beat', done: 'sent' },
  ],
}

function action(page, words, onclick, style = '') {
  return h(
    'button',
    {
      key: words,
      type: 'button',
      class: `button ${style}`,
      'aria-busy': String(page.state.busy.has('world')),
      onclick,
    },
    words,
  )
}

function slack(page, world) {
  return h(
    'div',
    { class: 'panel-row', role: 'group', 'aria-label': 'Slack' },
    h('span', { class: 'panel-label' }, 'Slack is'),
    h(
      'div',
      { class: 'segments' },
      Object.entries(slackModes).map(([mode, words]) =>
        h(
          'button',
          {
            key: mode,
            type: 'button',
            class: `segment ${mode}`,
            'aria-label': `Slack ${words.toLowerCase()}`,
            'aria-pressed': String(world.slackMode === mode),
            onclick: () => page.happen({ do: `slack-${mode}` }, () => slackWords[mode]),
          },
          words,
        ),
      ),
    ),
  )
}

export const slackWords = {
  up: 'Slack is up. What the bot had to say meanwhile, it says now.',
  slow: 'Slack answers the bot slowly.',
  down: 'Slack is down for the bot: nothing it says arrives. Pages still go out.',
}

function clock(page, world) {
  return h(
    'div',
    { class: 'panel-row', role: 'group', 'aria-label': 'Clock' },
    h('span', { class: 'panel-label' }, 'The clock says'),
    h('span', { class: 'clock', id: 'clock' }, clockWords(page.worldNow(world))),
    h(
      'div',
      { class: 'buttons' },
      leaps.map(({ minutes, words }) =>
        action(page, words, () =>
          page.happen({ do: 'advance', minutes }, () => `The clock moved on by ${words.slice(1)}.`),
        ),
      ),
    ),
  )
}

export function clockWords(moment) {
  return moment.toLocaleString(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' })
}
