import type { ControlPlane } from '@formwork/pg';
import { refreshTenant } from './refresh-tenant.ts';

export interface RefreshOptions {
  /** Ends after the tenant that it is at. */
  readonly signal?: AbortSignal | undefined;
  /** Tenants that are left alone: what went wrong with them would do so again. */
  readonly except?: readonly string[] | undefined;
  /** Hears of a tenant with which something went wrong; the others go on. */
  readonly onFailure?: ((tenantId: string, error: unknown) => void) | undefined;
}

/** Derives anew, tenant by tenant, what a migration has marked as outdated. Gives how many tenants it looked at. */
export async function refreshOutdated(
  control: ControlPlane,
  { signal, except = [], onFailure }: RefreshOptions = {},
): Promise<number> {
  let count = 0;
  let before = '00000000-0000-0000-0000-000000000000';
  while (!signal?.aborted) {
    const tenantId = await findOutdated(control, before, except);
    if (tenantId === null) break;
    before = tenantId;
    count += 1;
    try {
      await refreshTenant(control, tenantId);
    } catch (error) {
      if (onFailure === undefined) throw error;
      onFailure(tenantId, error);
    }
  }
  return count;
}

function findOutdated(
  control: ControlPlane,
  before: string,
  except: readonly string[],
): Promise<string | null> {
  return control.control(async (sql) => {
    const [row] = await sql<{ id: string }[]>`
      select id from formwork.tenants
      where outdated and id > ${before}::uuid and id <> all (${[...except]}::uuid[])
      order by id limit 1`;
    return row?.id ?? null;
  });
}
