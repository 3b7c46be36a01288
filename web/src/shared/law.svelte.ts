/**
 * The words of the editions of the law that a page has met: clocks, acts, choices. They are data of the edition and not of the screens;
 * what an edition does not know is shown as it came.
 */
import type { ActRule, ClockRule, Edition, PapersKind, RefusalGround } from '../api'
import { choice, known } from '../language.svelte'

class Law {
  #editions = $state.raw<Readonly<Record<string, Edition>>>({})
  /** Of the checkpoint that is shown. */
  current = $state('')
  #asked = new Set<string>()

  /** Takes an edition that came from the agent, as the one in force. */
  take(edition: Edition): void {
    this.#editions = { ...this.#editions, [edition.id]: edition }
    this.current = edition.id
  }

  /** Asks the hub once for an edition that an entry names; the hub answers with the one that it reads such entries by. */
  async learn(id: string): Promise<void> {
    if (!id || this.#asked.has(id)) return
    this.#asked.add(id)
    const answer = await fetch(`/api/editions/${encodeURIComponent(id)}`).catch(() => null)
    if (answer?.ok) this.#editions = { ...this.#editions, [id]: (await answer.json()) as Edition }
    else this.#asked.delete(id)
  }

  get edition(): Edition | null {
    return this.#editions[this.current] ?? Object.values(this.#editions)[0] ?? null
  }

  act(id: string): ActRule | undefined {
    return this.edition?.acts.find((rule) => rule.id === id)
  }

  clock(id: string, edition = this.current): ClockRule | undefined {
    return (this.#editions[edition] ?? this.edition)?.clocks.find((rule) => rule.id === id)
  }

  /** What must be done, in a few words; empty where no edition with that clock is known. */
  clockTitle(id: string, edition?: string): string {
    return this.clock(id, edition)?.title[choice.language] ?? ''
  }

  actTitle(id: string): string {
    return this.act(id)?.title[choice.language] ?? plain(id)
  }

  /** A form of control, a recipient, or another choice. */
  choiceWord(id: string): string {
    return this.edition?.choices[id]?.[choice.language] ?? plain(id)
  }

  /** The law's list of grounds on which such papers are refused. */
  refusalGrounds(papers: PapersKind | null | undefined): RefusalGround[] {
    return papers ? (this.edition?.refusal_grounds ?? []).filter((ground) => ground.papers.includes(papers)) : []
  }

  flagWord(id: string): string {
    return this.edition?.flags[id]?.[choice.language] ?? plain(id)
  }

  /** A moment that starts or stops a clock: one that the checkpoint itself knows, or an act. */
  moment(name: string): string {
    return known('trigger', name) ?? this.actTitle(name)
  }
}

const plain = (id: string) => id.replaceAll('_', ' ')

export const law = new Law()
