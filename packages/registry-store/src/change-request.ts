import type { TransactionSql } from '@formwork/pg';
import {
  applyChangesInSteps,
  type Change,
  createRegistryInSteps,
  inSteps,
  type Problem,
  type Registry,
  type RegistryDocument,
  RegistryError,
  type RegistryOptions,
} from '@formwork/registry';
import { readFormer } from './read-former.ts';
import type { RegistrySnapshot } from './read-registry.ts';

/** What a registry is to become: what a document says, what a list of changes makes of it, what it was before a version. */
export type ChangeRequest =
  | { readonly document: unknown }
  | { readonly changes: readonly Change[] }
  | { readonly revert: number };

export interface RequestedRegistry {
  readonly registry: Registry;
  /** Where in the request a problem with the registry comes from. */
  readonly locate: (problem: Problem) => Problem;
}

/** A list of changes of which some make no sense. */
export class PartlyRefusedError extends RegistryError {
  /** What the others come to. */
  readonly rest: RequestedRegistry;

  constructor(problems: readonly Problem[], rest: RequestedRegistry) {
    super(problems);
    this.rest = rest;
  }
}

/**
 * The registry that is asked for. Throws RegistryError with everything that is wrong with what asks for it; of a list
 * PartlyRefusedError, where some of it can be.
 */
export async function makeRequested(
  sql: TransactionSql,
  { registry: current, version }: RegistrySnapshot,
  request: ChangeRequest,
  options: Pick<RegistryOptions, 'limits' | 'retired' | 'populated'>,
): Promise<RequestedRegistry> {
  const known = { ...options, version: version + 1 };
  if ('changes' in request) {
    const applied = await inSteps(applyChangesInSteps(current, request.changes, known));
    if (!('problems' in applied)) return applied;
    const rest = await inSteps(applied.rest());
    throw rest ? new PartlyRefusedError(applied.problems, rest) : new RegistryError(applied.problems);
  }
  const base = { ...known, ...(current && { current }) };
  if ('revert' in request) {
    const { document, continued } = await readFormer(sql, current, version, request.revert);
    return { registry: await make(document, { ...base, continued }), locate: (problem) => problem };
  }
  // createRegistry trusts nothing about the document, whatever its type says.
  return { registry: await make(request.document as RegistryDocument, base), locate: (problem) => problem };
}

async function make(document: RegistryDocument, options: RegistryOptions): Promise<Registry> {
  const result = await inSteps(createRegistryInSteps(document, options));
  if ('problems' in result) throw new RegistryError(result.problems);
  return result.registry;
}
