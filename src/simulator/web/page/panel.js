/** «Make something happen»: alerts fire, signs of life stay away, Slack or PagerDuty goes down, time passes. */
import { h } from './dom.js'

const modes = { up: 'Up', slow: 'Slow', down: 'Down' }
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
    service(page, world, 'slack'),
    service(page, world, 'pagerduty'),
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

function service(page, world, name) {
  const { label, says } = services[name]
  return h(
    'div',
    { key: name, class: 'panel-row', role: 'group', 'aria-label': label },
    h('span', { class: 'panel-label' }, `${label} is`),
    h(
      'div',
      { class: 'segments' },
      Object.entries(modes).map(([mode, words]) =>
        h(
          'button',
          {
            key: mode,
            type: 'button',
            class: `segment ${mode}`,
            'aria-label': `${label} ${words.toLowerCase()}`,
            'aria-pressed': String(world.modes[name] === mode),
            onclick: () => page.happen({ do: 'switch', service: name, to: mode }, () => says[mode]),
          },
          words,
        ),
      ),
    ),
  )
}

const services = {
  slack: {
    label: 'Slack',
    says: {
      up: 'Slack is up. What the bot had to say meanwhile, it says now.',
      slow: 'Slack answers the bot slowly.',
      down: 'Slack is down for the bot: nothing it says arrives. Pages still go out.',
    },
  },
  pagerduty: {
    label: 'PagerDuty',
    says: {
      up: 'PagerDuty is up. What the bot had to tell it meanwhile, it tells now.',
      slow: 'PagerDuty answers the bot slowly.',
      down: 'PagerDuty is down for the bot: its pages ring nowhere. The climb goes on by messages and mail.',
    },
  },
}

/** What is not as it should be outside, in a sentence each. */
export function troubles({ modes }) {
  return Object.entries(services).flatMap(([name, { says }]) =>
    modes[name] === 'up' ? [] : [{ name, mode: modes[name], words: says[modes[name]] }],
  )
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
