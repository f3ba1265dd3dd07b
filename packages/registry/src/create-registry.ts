import { type Continued, Identities } from './aliases/identities.ts';
import { assignStorage } from './assign-storage.ts';
import { checkConversions } from './check-conversions.ts';
import { readDocument } from './check-document.ts';
import { checkNames } from './check-names.ts';
import type { RegistryDocument } from './document.ts';
import { checkComputed } from './formula/check-computed.ts';
import { resolveInverses } from './inverses.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { buildRegistry } from './load-registry.ts';
import type { Registry } from './model.ts';
import type { Problem } from './problem.ts';
import { ProblemList } from './problem-list.ts';
import { checkRoles } from './roles/check-roles.ts';
import { type Steps, toEnd } from './steps.ts';
import type { RetiredKeys } from './storage-keys.ts';
import { viewNameOf } from './view-name.ts';

export interface RegistryOptions {
  /** The registry of today: what has the same key goes on with its storage key, slot and inverse. */
  readonly current?: Registry;
  /** Storage keys that were ever in use; those of `current` need not be among them. */
  readonly retired?: RetiredKeys;
  /** What goes on under another key than its own; a new alias in the document says so by itself. */
  readonly continued?: Continued;
  /** The version that the registry will be, which new aliases are noted with. */
  readonly version?: number;
  /** Where they differ from `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Storage keys of the entities that have records: their new slots have to be filled, their types stand. */
  readonly populated?: ReadonlySet<string>;
}

/** Makes a registry of a document, with everything derived, or lists everything that is wrong with it. */
export function createRegistry(document: RegistryDocument, options: RegistryOptions = {}): CreatedRegistry {
  return toEnd(createRegistryInSteps(document, options));
}

export type CreatedRegistry = { readonly registry: Registry } | { readonly problems: readonly Problem[] };

/** The same in steps. */
export function* createRegistryInSteps(
  document: RegistryDocument,
  options: RegistryOptions = {},
): Steps<CreatedRegistry> {
  const { current, retired, populated = new Set(), continued, version } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const problems = new ProblemList();
  const draft = yield* readDocument(document, problems, limits);
  if (draft === null) {
    return { problems: problems.toArray() };
  }
  const identities = new Identities(draft, current, continued);
  const inverses = resolveInverses(draft, identities);
  yield;
  const resultTypes = checkComputed(draft, inverses, problems);
  yield* checkNames(draft, inverses, problems);
  const conversions = checkConversions(draft, { identities, problems, populated });
  yield;
  const stored = yield* assignStorage(draft, inverses, {
    ...{ current, retired, populated, limits, problems, identities, resultTypes, conversions },
    version: version ?? null,
  });
  if (problems.count > 0) {
    return { problems: problems.toArray() };
  }
  const registry = yield* buildRegistry(stored, viewNameOf);
  if (draft.roles.length === 0) {
    return { registry };
  }
  // Roles speak of names that are known once all the rest is right.
  const roles = yield* checkRoles(registry, draft.roles, problems);
  return problems.count > 0
    ? { problems: problems.toArray() }
    : { registry: yield* buildRegistry({ ...stored, roles }, viewNameOf) };
}
