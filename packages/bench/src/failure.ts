/** Something the caller can put right: printed without a stack. */
export class BenchFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BenchFailure';
  }
}
