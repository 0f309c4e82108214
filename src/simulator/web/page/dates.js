/** Dates as Slack writes them, in the zone of whoever reads. */

const formats = {
  date_num: null,
  date: { month: 'long', day: 'numeric', year: 'numeric' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
  date_long: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  day_divider: { weekday: 'long', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
}

/** `{date_short_pretty} at {time}` and so on, as in Slack's `<!date^…>`. `now` decides what today is. */
export function dateWords(moment, format, now) {
  return format.replaceAll(/\{(\w+)\}/g, (whole, token) => {
    if (token === 'ago') return ago(moment, now)
    const name = token.replace(/_pretty$/, '')
    if (!Object.hasOwn(formats, name)) return whole
    if (name === 'date_num') return moment.toLocaleDateString('sv-SE')
    const pretty = token.endsWith('_pretty') ? relativeDay(moment, now) : null
    return pretty ?? moment.toLocaleString(undefined, formats[name])
  })
}

export function timeOf(moment) {
  return moment.toLocaleTimeString(undefined, formats.time)
}

export function dayOf(moment, now) {
  return relativeDay(moment, now, true) ?? moment.toLocaleDateString(undefined, formats.day_divider)
}

/** The moment that is in a message's time stamp. */
export function momentOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000)
}

function relativeDay(moment, now, isAlone = false) {
  const words = isAlone ? ['Yesterday', 'Today', 'Tomorrow'] : ['yesterday', 'today', 'tomorrow']
  for (const [index, word] of words.entries()) {
    const day = new Date(now)
    day.setDate(day.getDate() + index - 1)
    if (day.toDateString() === moment.toDateString()) return word
  }
  return null
}

function ago(moment, now) {
  const minutes = Math.round((moment.getTime() - now.getTime()) / 60_000)
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute')
  if (Math.abs(minutes) < 24 * 60) return relative.format(Math.round(minutes / 60), 'hour')
  return relative.format(Math.round(minutes / (24 * 60)), 'day')
}
