/** The steps of a visit as a list of tasks, read off the visit. A summary for the eye: what may be done next is for the agent to say. */
import type { Visit } from '../../api'
import { t } from '../../language.svelte'
import { awaitsDecision } from '../../urgency'

export type StepState = 'not_started' | 'in_progress' | 'waiting' | 'done' | 'not_applicable'

export interface Step {
  name: 'arrival' | 'notice' | 'presented' | 'radiation' | 'weighing' | 'seals' | 'scan' | 'papers' | 'release' | 'exit'
  state: StepState
  words: string
  /** Id of the part of the page that it leads to. */
  part: string
  alarmed: boolean
}

export function stepsOf(visit: Visit): Step[] {
  const undecided = (...kinds: string[]) => visit.alarms.some((alarm) => kinds.includes(alarm.cause.kind) && awaitsDecision(alarm))
  const count = (pick: (consignment: Visit['consignments'][number]) => unknown) => visit.consignments.filter((one) => pick(one) != null).length
  const all = visit.consignments.length
  const [presented, registered, released] = [count((one) => one.presented), count((one) => one.registered_ms), count((one) => one.released_ms)]
  const judged = visit.seals.filter((seal) => seal.verdict != null).length
  /** The last that was heard of an inspection by X-rays; without one there is nothing to do: nobody has to be scanned. */
  const looked = visit.scans.find((scan) => scan.inspection)?.inspection
  const missing = visit.notice?.missing.length ?? 0

  const step = (name: Step['name'], state: StepState, words = t(`state.${state === 'waiting' ? 'in_progress' : state}`), alarmed = false): Step => ({
    name, state, words: alarmed ? t('state.undecided') : words, part: `part-${parts[name]}`, alarmed,
  })
  const share = (n: number): [StepState, string] => {
    if (all === 0 || n === 0) return ['not_started', t('state.not_started')]
    return n < all ? ['in_progress', t('state.n_of_m', { n, m: all })] : ['done', t('state.done')]
  }
  const leave = (): [StepState, string] => {
    if (visit.left_ms != null) return ['done', t('stage.left')]
    if (visit.exit_permitted) return ['in_progress', t('stage.exit_permitted')]
    return ['not_started', visit.holds.length ? t('state.locked') : t('state.not_started')]
  }
  return [
    step('arrival', 'done'),
    visit.notice ? (missing ? step('notice', 'in_progress', t('state.missing', { n: missing })) : step('notice', 'done')) : step('notice', 'not_started'),
    step('radiation', visit.screenings.length ? 'done' : visit.open_passages.length ? 'in_progress' : 'not_started', undefined, undecided('radiation')),
    step('weighing', visit.weighings.length ? 'done' : 'not_started', undefined, undecided('weight')),
    visit.seals.length
      ? step('seals', judged < visit.seals.length ? 'in_progress' : 'done', t('state.n_of_m', { n: judged, m: visit.seals.length }), undecided('seal'))
      : step('seals', 'not_started'),
    ...(looked ? [step('scan', looked.conclusion === 'clear' ? 'done' : 'in_progress', looked.conclusion ? t(`scan.conclusion_${looked.conclusion}`) : undefined, undecided('scan'))] : []),
    step('presented', ...share(presented)),
    step('papers', ...share(registered)),
    step('release', ...share(released)),
    step('exit', ...leave()),
  ]
}

const parts: Readonly<Record<Step['name'], string>> = {
  arrival: 'journal', notice: 'notice', presented: 'papers', radiation: 'radiation', weighing: 'weighing', seals: 'seals', scan: 'scans', papers: 'papers', release: 'papers', exit: 'exit',
}
