/** What stands in the fields of the desk to begin with. The words of a story are English in every language of the page, as on the command line. */
import type { Mode } from '../../api'

export const storyOf = (mode: Mode) => `story: A declaration that is refused
checkpoint ${mode}
vehicle 123ABC02 arrives 2025-03-12 18:10
at 18:20 notice lacks transport_docs, 2 consignments
at 18:30 goods presented
at 19:00 consignment 1: storage papers filed
at 20:10 consignment 2: declaration filed
at 22:00 consignment 2: declaration refused, ART_288_4_4, "no signature"
time passes
expect exit held by papers_not_registered, papers_not_filed
`

/** The facts that a story knows; docs/law-stories.md explains them. */
export const GRAMMAR: readonly string[] = [
  'checkpoint road|rail|water|air [inbound|outbound] [, ZONE] [, office DDDDD]',
  'vehicle PLATE arrives DATE TIME',
  '[on DATE] at TIME FACT',
  'notice complete [, N consignments] [, with FLAG]',
  'notice lacks FIELD [of consignment N] [, FIELD]',
  'notice for an empty vehicle',
  'goods presented',
  'consignment N: storage papers|declaration|transit declaration filed|registered|refused [, GROUND] [, "REASON"]',
  'consignment N: released',
  'consignment N: act ID [, FIELD ANSWER] [, since [DATE] TIME]',
  'consignment N: split into N, "REASON"',
  'consignments N, M: merged, "REASON"',
  'seals expected SEAL SEAL',
  'seal SEAL found intact|damaged|missing',
  'exit permitted',
  'vehicle left',
  'time passes',
  'expect CLOCK [of consignment N] running until [DATE] TIME|provisional|stopped|expired|none',
  'expect exit held by REASON [, REASON]',
  'expect exit free',
  'expect missing FIELD [, FIELD]',
  'expect consignment N is STATE',
]

export const NOTICE = `mode = "road"
[answers]
vehicle_docs = ["KZ-TP-001"]
carrier_name = "Dostyk Trans LLP"
commercial_docs_held = false
prohibited_restricted_goods = { as = "nil" }
[[consignments]]
[consignments.answers]
gross_weight_kg = 22000
[[consignments.goods]]
goods_name = "potassium chloride"
hs_code = "3104"
`
