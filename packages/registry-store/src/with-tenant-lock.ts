import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, DatabaseError, type TransactionSql } from '@formwork/pg';
import { RegistryBusyError } from './errors.ts';

export interface LockOptions {
  /** Milliseconds to wait for a lock. Short, because whoever wants to write waits behind the one who waits. */
  readonly timeout: number;
  readonly attempts: number;
}

/**
 * A transaction that has the tenant's registry for itself: writers hold this lock shared (see begin_write). Throws
 * RegistryBusyError when it could not be had.
 */
export async function withTenantLock<T>(
  control: ControlPlane,
  tenantId: string,
  { timeout, attempts }: LockOptions,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await control.withTenant(tenantId, async (sql) => {
        await sql`select set_config('lock_timeout', ${`${timeout}ms`}, true)`;
        await sql`select pg_advisory_xact_lock(formwork.tenant_lock_key(${tenantId}::uuid))`;
        return work(sql);
      });
    } catch (error) {
      if (!isContention(error)) throw error;
      if (attempt === attempts) throw new RegistryBusyError(attempts, { cause: error });
      await sleep(timeout * (0.25 + Math.random() / 2));
    }
  }
}

/** lock_not_available, deadlock_detected. */
function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && (error.sqlstate === '55P03' || error.sqlstate === '40P01');
}
