/**
 * Thrown where an answer cannot be written as it was foreseen: a value that its type does not allow, a field that takes
 * more than one step. The executor then does all of it in its own way, errors included.
 */
export class Surprise extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Surprise';
  }
}
