/** The act that something on the page asks for: by its group, or by the form of control that it closes, of one consignment if it is of one. */
export interface Wanted {
  group: string
  closes: string | null
  consignment: number | null
}
