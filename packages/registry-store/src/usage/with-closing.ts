import { isDeepStrictEqual } from 'node:util';
import type { ControlPlane, TransactionSql } from '@formwork/pg';
import type { ChangeRequest } from '../change-request.ts';
import { RegistryConflictError } from '../errors.ts';
import { type RegistrySnapshot, readCurrent } from '../read-registry.ts';
import { endClosing, holdClosing, markClosing } from './closings.ts';
import { type ClosingThing, findContracts, takesNamesAway } from './contracts.ts';
import { awaitUsage } from './live-gateways.ts';

/** What a request takes away, marked as such; of the version that it was found in. */
export interface Closing {
  readonly contract: string;
  readonly things: readonly ClosingThing[];
  readonly version: number;
}

/**
 * Lets decide on a request once all that was used of what it takes away is known: marks that, and waits for every
 * gateway to tell of what was used before the mark; what is used from then on is noted at once. The marks are taken back with the
 * decision, see {@link beginDecision}, or because there was none. `decide` gets null where nothing is marked.
 */
export async function withClosing<T>(
  control: ControlPlane,
  tenantId: string,
  request: ChangeRequest,
  { patience }: { readonly patience?: number | undefined },
  decide: (closing: Closing | null) => Promise<T>,
): Promise<T> {
  if (!takesNamesAway(request)) return decide(null);
  const { registry, version } = await control.withTenant(tenantId, readCurrent);
  const things = findContracts(registry, request).map(({ thing }) => thing);
  if (things.length === 0) {
    await awaitUsage(control, patience);
    return decide(null);
  }
  const contract = await markClosing(control, tenantId, things);
  try {
    await awaitUsage(control, patience);
    return await decide({ contract, things, version });
  } catch (error) {
    // Where that fails too, the mark ends by itself.
    await control.withTenant(tenantId, (sql) => endClosing(sql, tenantId, contract)).catch(() => {});
    throw error;
  }
}

/** Under the tenant's lock, before uses are read. Throws where what was marked is not what is to be taken away any more. */
export async function beginDecision(
  sql: TransactionSql,
  current: RegistrySnapshot,
  request: ChangeRequest,
  { contract, things, version }: Closing,
): Promise<void> {
  await holdClosing(sql, contract);
  const found = findContracts(current.registry, request).map(({ thing }) => thing);
  if (!isDeepStrictEqual(found, things)) throw new RegistryConflictError(version, current.version);
}
