import type { ControlPlane, TransactionSql } from '@formwork/pg';
import { BrokenRegistryError, findBroken, type Registry } from '@formwork/registry';
import { compileEntityStorage } from '@formwork/view-compiler';
import { readCurrent } from '../read-registry.ts';
import type { Drift } from './drift.ts';
import { verifyComputed } from './verify-computed.ts';
import { verifyConversions } from './verify-conversions.ts';
import { verifyKeys } from './verify-keys.ts';
import { verifyLinks } from './verify-links.ts';
import { verifySearch } from './verify-search.ts';
import { verifySlots } from './verify-slots.ts';
import { verifyStorage } from './verify-storage.ts';
import { verifyValues } from './verify-values.ts';

/**
 * Proves from the raw rows that nothing of a tenant has drifted: values, slots, unique keys, links, counters, rollups
 * and stored formulas, and what was derived from its registry. Everything is computed anew and compared; an empty list
 * means all is well. Keeps changes of the registry waiting meanwhile, but no reads and writes.
 */
export function verify(control: ControlPlane, tenantId: string): Promise<readonly Drift[]> {
  return control.withTenant(tenantId, async (sql) => {
    await sql`select pg_advisory_xact_lock_shared(formwork.tenant_lock_key(${tenantId}::uuid))`;
    try {
      const { registry } = await readCurrent(sql);
      return registry === null ? [] : await verifyAgainst(sql, registry);
    } catch (error) {
      if (error instanceof BrokenRegistryError) return driftsOf(error);
      throw error;
    }
  });
}

async function verifyAgainst(sql: TransactionSql, registry: Registry): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  for (const entity of registry.entities) {
    const row = compileEntityStorage(registry, entity);
    drifts.push(
      ...(await verifyStorage(sql, registry, entity, row)),
      ...(await verifyValues(sql, entity, row)),
      ...(await verifySlots(sql, entity, row)),
      ...(await verifySearch(sql, entity, row)),
      ...(await verifyComputed(sql, registry, entity)),
      ...(await verifyConversions(sql, entity)),
      ...(await verifyKeys(sql, entity, row)),
      ...(await verifyLinks(sql, registry, entity)),
    );
  }
  return drifts;
}

/** Nothing can be compared with a registry that is none. */
function driftsOf(error: BrokenRegistryError): readonly Drift[] {
  return findBroken(error).map(({ path, message }) => ({
    ...{ kind: 'registry', entity: '', name: path, count: 1, examples: [] },
    message: `The registry as it is stored is broken: ${message}`,
  }));
}
