/** A cell that does not hold what its column should: the end of a sentence that begins with the column. */
export class UnreadableValue extends Error {}
