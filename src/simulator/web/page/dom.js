/**
 * Draws descriptions of elements into the page and, the next time, changes only what differs: whoever is typing,
 * scrolling or has the focus somewhere does not notice that something new came. Descriptions are plain data, so
 * everything that makes them can be tested without a browser.
 *
 * @typedef {string | VNode} Child
 * @typedef {{ tag: string, key: string | undefined, props: Record<string, any>, children: Child[] }} VNode
 */

// What a person may have changed since: given once, when the element is made, and never again.
const onceOnly = new Set(['value', 'checked', 'selected', 'open'])
const svgTags = new Set(['svg', 'path', 'circle', 'rect'])

/** The description that an element was last drawn from. */
const drawnFrom = new WeakMap()

/**
 * `key` tells elements of one list apart. `onclick` and the like are handlers; `mounted(element)` is called when the
 * element has come into the page, `leaving(element)` before it goes.
 * @returns {VNode}
 */
export function h(tag, props = {}, ...children) {
  const { key, ...rest } = props ?? {}
  return { tag, key, props: rest, children: children.flat(Number.POSITIVE_INFINITY).filter(isDrawn).map(asChild) }
}

function isDrawn(child) {
  return child !== null && child !== undefined && child !== false && child !== true && child !== ''
}

function asChild(child) {
  return typeof child === 'object' ? child : String(child)
}

/** Makes the children of `parent` what `children` describes. */
export function draw(parent, children) {
  const focused = document.activeElement
  const around = focused?.closest('[tabindex="0"]')
  const arrived = []
  patchChildren(parent, children, arrived)
  for (const [element, mounted] of arrived) mounted(element)
  if (document.activeElement !== document.body) return
  // Moving an element takes the focus away from it; when it is gone, a keyboard goes on from the list it was in.
  const next = focused?.isConnected ? focused : around
  next?.focus({ preventScroll: true })
}

function patchChildren(parent, children, arrived) {
  const before = new Map(keyed([...parent.childNodes], (node) => drawnFrom.get(node) ?? ''))
  const wanted = keyed(children, (child) => child)
  const names = new Set(wanted.map(([name]) => name))
  for (const [name, node] of before) if (!names.has(name)) remove(node)

  let place = parent.firstChild
  for (const [name, child] of wanted) {
    const node = before.get(name) ?? create(child)
    if (node === place) place = place.nextSibling
    else parent.insertBefore(node, place)
    patch(node, child, arrived)
  }
}

/** Names of the things by tag and key, and by being the first, second … of that name. */
function keyed(things, descriptionOf) {
  const counts = new Map()
  return things.map((thing) => {
    const description = descriptionOf(thing)
    const name = typeof description === 'string' ? '#text' : `${description.tag} ${description.key ?? ''}`
    const nth = counts.get(name) ?? 0
    counts.set(name, nth + 1)
    return [`${name} ${nth}`, thing]
  })
}

function create(child) {
  if (typeof child === 'string') return document.createTextNode(child)
  if (svgTags.has(child.tag)) return document.createElementNS('http://www.w3.org/2000/svg', child.tag)
  return document.createElement(child.tag)
}

function patch(node, child, arrived) {
  const before = drawnFrom.get(node)
  drawnFrom.set(node, child)
  if (typeof child === 'string') {
    if (node.data !== child) node.data = child
    return
  }
  patchProps(node, before?.props, child.props)
  patchChildren(node, child.children, arrived)
  // After the children: a select takes its value only when its options are there.
  if (before) return
  for (const name of onceOnly) if (name in child.props) node[name] = child.props[name] ?? ''
  if (child.props.mounted) arrived.push([node, child.props.mounted])
}

function patchProps(element, before = {}, props = {}) {
  for (const name of Object.keys(before)) if (!(name in props)) setProp(element, name, null)
  for (const [name, value] of Object.entries(props)) if (before[name] !== value) setProp(element, name, value)
}

function setProp(element, name, value) {
  if (onceOnly.has(name) || name === 'mounted' || name === 'leaving') return
  if (name.startsWith('on')) element[name] = value
  else if (value === null || value === undefined || value === false) element.removeAttribute(name)
  else element.setAttribute(name, value === true ? '' : String(value))
}

function remove(node) {
  const leaving = drawnFrom.get(node)?.props?.leaving
  if (leaving) leaving(node)
  node.remove()
}
