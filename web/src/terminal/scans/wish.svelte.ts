/** What an officer wants to take over on the page of a vehicle, until its notice is open. */
import type { Takeable } from './taking'

class Wish {
  #wanted = $state.raw<{ visit: number; one: Takeable } | null>(null)

  want(visit: number, one: Takeable): void {
    this.#wanted = { visit, one }
  }

  /** What is wanted of this vehicle; it is wanted once. */
  granted(visit: number): Takeable | null {
    if (this.#wanted?.visit !== visit) return null
    const { one } = this.#wanted
    this.#wanted = null
    return one
  }
}

export const wish = new Wish()
