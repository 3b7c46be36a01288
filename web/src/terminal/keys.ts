/** Function keys, by the place of the key and not by its letter: they work while typing and on every layout. */
import { focusWhenThere, place } from './route.svelte'

export interface KeyActs {
  keys: () => void
  acknowledge: () => void
  silence: () => void
}

/** Binds the keys to the window; the answer unbinds them. */
export function bindKeys(acts: KeyActs): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const act = actOf(event, acts)
    if (!act) return
    event.preventDefault()
    if (!event.repeat) act()
  }
  addEventListener('keydown', press, { capture: true })
  return () => removeEventListener('keydown', press, { capture: true })
}

function actOf(event: KeyboardEvent, acts: KeyActs): (() => void) | null {
  switch (event.code) {
    case 'F1':
      return acts.keys
    case 'F2':
      return () => place.go(event.shiftKey ? 'devices' : 'board')
    case 'F3':
      return event.shiftKey ? () => place.go('goods') : toSearch
    case 'F4':
      return toAlarms
    case 'F6':
      return nextRegion
    case 'F7':
      return event.shiftKey ? () => place.go('prior') : () => place.go('notice', place.route.screen === 'visit' ? place.route.id : null)
    case 'F8':
      return acts.acknowledge
    case 'F9':
      return acts.silence
    case 'F10':
      return () => place.go('law', place.route.screen === 'visit' ? place.route.id : null)
    case 'Escape':
      return mayGoBack(event) ? () => place.back() : null
    default:
      return null
  }
}

function toSearch(): void {
  place.go('queue')
  focusWhenThere('#find')
}

/** The arrows work at once. No row has the focus yet: one that had would hold back what is new. */
function toAlarms(): void {
  place.go('alarms')
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}

/** Esc leaves a page, but not one in which somebody is writing, and not from behind a dialog. */
function mayGoBack(event: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return false
  const target = event.target as HTMLElement
  if (target.closest('[data-own-escape]')) return false
  if (target.closest('input, textarea, select')) {
    target.blur()
    return false
  }
  return place.route.screen === 'visit' || place.route.screen === 'notice' || place.route.screen === 'law' || place.route.screen === 'prior' || place.route.screen === 'devices'
}

function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
  const here = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions[(here + 1) % regions.length]
  const inside = next?.querySelector<HTMLElement>('a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]')
  ;(inside ?? next)?.focus()
}
