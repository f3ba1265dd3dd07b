import type { ControlPlane } from '@formwork/pg';
import type { ChangeRequest } from '../change-request.ts';
import { endClosing, markClosing } from './closings.ts';
import { type ClosingThing, type Contract, takesNamesAway } from './contracts.ts';
import { awaitUsage } from './live-gateways.ts';

/** What a request takes away, marked as such. */
export interface Closing {
  readonly contract: string;
  readonly things: readonly ClosingThing[];
}

/**
 * Lets decide on a request once all that was used of what it takes away is known: marks that, and waits for every
 * gateway to tell of what was used before the mark; what is used from then on is noted at once. Whoever decides holds
 * the marks before uses are read, and sees that what is marked is still what is taken away; they are taken back with the
 * decision, or because there was none. `decide` gets null where nothing is marked.
 */
export async function withClosing<T>(
  control: ControlPlane,
  tenantId: string,
  { request, contracts }: { readonly request: ChangeRequest; readonly contracts: readonly Contract[] },
  { patience }: { readonly patience?: number | undefined },
  decide: (closing: Closing | null) => Promise<T>,
): Promise<T> {
  if (contracts.length === 0) {
    // What is wrong with it is told by those who know what is used.
    if (takesNamesAway(request)) await awaitUsage(control, patience);
    return decide(null);
  }
  const things = contracts.map(({ thing }) => thing);
  const contract = await markClosing(control, tenantId, things);
  try {
    await awaitUsage(control, patience);
    return await decide({ contract, things });
  } catch (error) {
    // Where that fails too, the mark ends by itself.
    await control.withTenant(tenantId, (sql) => endClosing(sql, tenantId, contract)).catch(() => {});
    throw error;
  }
}
