/** Which screen is shown: the part of the address behind #. Going back returns to the row that was left. */
export type Screen = 'board' | 'devices' | 'queue' | 'alarms' | 'visit' | 'notice' | 'law' | 'acts' | 'goods' | 'prior'

export interface Route {
  screen: Screen
  id: number | null
}

const screens: readonly Screen[] = ['board', 'devices', 'queue', 'alarms', 'visit', 'notice', 'law', 'acts', 'goods', 'prior']

export function parse(hash: string): Route {
  const [, name = '', id = ''] = /^#\/(\w*)(?:\/(\d+))?$/.exec(hash) ?? []
  const screen = screens.find((one) => one === name) ?? 'board'
  return { screen, id: id ? Number(id) : null }
}

class Place {
  route = $state.raw<Route>(parse(location.hash))
  #before: { hash: string; focus: string | null }[] = []

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parse(location.hash)
    })
  }

  go(screen: Screen, id: number | null = null): void {
    const hash = id === null ? `#/${screen}` : `#/${screen}/${id}`
    if (hash === location.hash) return
    const row = document.activeElement?.closest('[data-row]')
    this.#before.push({ hash: location.hash || '#/board', focus: row?.getAttribute('data-row') ?? null })
    this.#show(hash)
  }

  /** To the screen before, with the focus on the row that led away from it. */
  back(): void {
    const before = this.#before.pop()
    this.#show(before?.hash ?? '#/board')
    const row = before?.focus
    if (row) focusWhenThere(`[data-row="${CSS.escape(row)}"]`)
  }

  /** At once, and not when the browser tells of it: a key that follows at once must find the screen that was asked for. */
  #show(hash: string): void {
    location.hash = hash
    this.route = parse(hash)
  }
}

/** A screen that was just asked for is painted a few frames later. */
const FRAMES = 30

/** Gives the focus to an element of a screen that is about to be painted. */
export function focusWhenThere(selector: string, frames = FRAMES): void {
  const found = document.querySelector<HTMLElement>(selector)
  if (found) found.focus()
  else if (frames > 0) requestAnimationFrame(() => focusWhenThere(selector, frames - 1))
}

export const place = new Place()
