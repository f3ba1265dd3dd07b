import type pg from 'pg';
import { SetupError, toDatabaseError } from './errors.ts';

/**
 * Roles belong to the whole cluster, and two processes that alter one at once fail with "tuple concurrently updated";
 * advisory locks know only their own database. So the catalog itself is locked, where we may, and tried again.
 */
export async function alterRoles(admin: pg.Client, work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query('begin');
      await lockRoles(admin);
      await work();
      await admin.query('commit');
      return;
    } catch (error) {
      await admin.query('rollback').catch(() => {});
      const { sqlstate, message } = toDatabaseError(error);
      const collided = message.includes('tuple concurrently') || sqlstate === '40P01';
      if (!collided || attempt === 10) {
        throw new SetupError(`The roles of Formwork could not be set up: ${message}`, { cause: error });
      }
    }
  }
}

async function lockRoles(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ super: boolean }>(
    'select rolsuper as super from pg_catalog.pg_roles where rolname = current_user',
  );
  if (rows[0]?.super === true)
    await admin.query('lock table pg_catalog.pg_authid in share row exclusive mode');
}
