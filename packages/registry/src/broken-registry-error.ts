import type { StoredRegistry } from './stored-registry.ts';

/** The rows of a registry make none: whoever changed them did so past the checks. Its message is fit for whoever may design. */
export class BrokenRegistryError extends Error {
  readonly code = 'REGISTRY_BROKEN';
  readonly #stored: StoredRegistry;

  constructor(stored: StoredRegistry, cause: unknown) {
    super(
      'The registry as it is stored is broken: somebody has changed its rows other than by Formwork. Put them back as the latest ' +
        'document of its history, or a backup, has them; "formwork verify" says whether all is well then.',
      { cause },
    );
    this.name = 'BrokenRegistryError';
    this.#stored = stored;
  }

  /** No property of its own, for logs write those. */
  get stored(): StoredRegistry {
    return this.#stored;
  }
}
