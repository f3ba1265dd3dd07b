/** One thing that is wrong with a document or a change. All of them are reported together; nothing is applied. */
export interface Problem {
  /** Stable, for machines: "KEY_INVALID", "NAME_COLLISION", "TYPE_UNKNOWN", "TARGET_MISSING", "NO_SLOT_LEFT" … */
  readonly code: string;
  /** Where: "entities[0].fields[2].options.target". */
  readonly path: string;
  /** A sentence that quotes the name and says the way out. */
  readonly message: string;
  /** Of one that is about records: how many, and the ids of some. */
  readonly records?: { readonly count: number; readonly examples: readonly string[] };
}

/** Thrown where problems cannot be returned. `code` is "REGISTRY_INVALID". */
export class RegistryError extends Error {
  readonly code = 'REGISTRY_INVALID';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
    this.name = 'RegistryError';
    this.problems = problems;
  }
}
