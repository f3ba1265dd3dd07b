/** How large computed fields may be. What a field uses of other computed fields counts with it. */
export const formulaLimits = Object.freeze({
  /** Characters of an expression. */
  length: 5000,
  /** Parts (values, operators, calls) of one expression. */
  parts: 300,
  /** How deep parts may stand inside each other. */
  depth: 40,
  /** Parts of a field with all that it uses. Numbers of so few parts cannot outgrow Postgres' numeric. */
  wholeParts: 500,
  /** Links that one value is looked up through, one behind the other. */
  links: 5,
  /** Links that a field follows in all. */
  wholeLinks: 20,
  /** Computed fields that use each other in a row. */
  levels: 50,
  /** Parts of all computed fields of an entity. */
  entityParts: 3000,
});
