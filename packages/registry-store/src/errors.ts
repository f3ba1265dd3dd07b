/** The registry is not at the version that the change was made for: look at it again. Nothing was applied. */
export class RegistryConflictError extends Error {
  readonly code = 'SCHEMA_CHANGED';
  readonly expected: number;
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(
      `The registry is at version ${actual}, but the change was made for version ${expected}: ` +
        'export it again, and apply the change to what it is now.',
    );
    this.name = 'RegistryConflictError';
    this.expected = expected;
    this.actual = actual;
  }
}

/** Writers, or another change, held on to the tenant for too long. Nothing was applied. */
export class RegistryBusyError extends Error {
  readonly code = 'CONFLICT';

  constructor(attempts: number, options?: { readonly cause?: unknown }) {
    super(
      `The registry could not be changed: writes of the tenant, or another change of it, were under way in each of ` +
        `${attempts} attempts. Nothing was applied; try again in a moment.`,
      options,
    );
    this.name = 'RegistryBusyError';
  }
}

/** A gateway that is alive does not tell what its clients use, so nobody knows whether a name may go. Nothing was applied. */
export class UsageUnknownError extends Error {
  readonly code = 'CONFLICT';

  /** `silent`: each gateway as a sentence names it. */
  constructor(silent: readonly string[]) {
    super(
      `${silent.length === 1 ? 'A gateway has' : `${silent.length} gateways have`} not yet told which fields its clients use, so it is ` +
        'not known whether what is to be removed is still in use. Nothing was applied; try again in a moment, or say "force": true. ' +
        `What did not answer: ${silent.join('; ')}.`,
    );
    this.name = 'UsageUnknownError';
  }
}

/** What was to be taken away was marked for so long that the mark has ended. Nothing was applied. */
export class ContractExpiredError extends Error {
  readonly code = 'CONFLICT';

  constructor() {
    super(
      'It took too long to find out whether what is to be removed is still in use. Nothing was applied; try again in a moment.',
    );
    this.name = 'ContractExpiredError';
  }
}

/** A job that there is not, or that cannot be told to do this as it is. */
export class JobError extends Error {
  readonly code: 'NOT_FOUND' | 'CONFLICT';

  constructor(code: JobError['code'], message: string) {
    super(message);
    this.name = 'JobError';
    this.code = code;
  }
}
