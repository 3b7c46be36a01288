/** One question to the desk: the answer, or why there is none, in a sentence. */
import { code, t } from '../../language.svelte'

export async function asked<Told>(path: string, question: object): Promise<{ told: Told | null; problem: string }> {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(question) })
    if (answer.ok) return { told: (await answer.json()) as Told, problem: '' }
    const { code: name, message } = (await answer.json()) as { code: string; message: string }
    return { told: null, problem: `${code('problem', name)}: ${message}` }
  } catch {
    return { told: null, problem: t('law.no_answer') }
  }
}

/** A moment such as 2025-03-12T18:10:00+05:00 as people write it, at the place that it names. */
export function moment(at: string): string {
  const [, year, month, day, clock = '', seconds] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(:\d\d)?/.exec(at) ?? []
  return year ? `${day}.${month}.${year} ${clock}${seconds && seconds !== ':00' ? seconds : ''}` : at
}
