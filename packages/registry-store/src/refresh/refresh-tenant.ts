import type { ControlPlane, TransactionSql } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { readCurrent } from '../read-registry.ts';
import { runSteps } from '../run-steps.ts';
import { mostTidied, tidyNow } from '../too-many-to-fill.ts';
import { type LockOptions, withTenantLock } from '../with-tenant-lock.ts';
import { planRefresh } from './plan-refresh.ts';

const usualLock: LockOptions = { timeout: 1_000, attempts: 10 };

/**
 * Derives anew what of a tenant's registry is not as this Formwork derives it: it may be of an older one. Gives whether
 * there was anything. Writers wait only where there is. Throws RegistryBusyError when they held on for too long.
 */
export async function refreshTenant(
  control: ControlPlane,
  tenantId: string,
  lock: LockOptions = usualLock,
): Promise<boolean> {
  const isOutdated = await control.withTenant(tenantId, async (sql) => {
    await sql`select pg_advisory_xact_lock_shared(formwork.tenant_lock_key(${tenantId}::uuid))`;
    const { registry } = await readCurrent(sql);
    if (registry !== null && (await planRefresh(sql, registry)).length > 0) return true;
    await noteRefreshed(sql, tenantId);
    return false;
  });
  if (!isOutdated) return false;
  return withTenantLock(control, tenantId, lock, async (sql) => {
    const { registry } = await readCurrent(sql);
    const isChanged = registry !== null && (await refresh(sql, tenantId, registry));
    await noteRefreshed(sql, tenantId);
    return isChanged;
  });
}

/** The same within a transaction that has the tenant's registry for itself. */
export async function refresh(sql: TransactionSql, tenantId: string, registry: Registry): Promise<boolean> {
  const steps = await tidyNow(sql, await planRefresh(sql, registry), mostTidied);
  await runSteps(sql, tenantId, steps);
  return steps.length > 0;
}

async function noteRefreshed(sql: TransactionSql, tenantId: string): Promise<void> {
  await sql`update formwork.tenants set outdated = false where id = ${tenantId}::uuid and outdated`;
}
