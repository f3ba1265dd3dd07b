import { type ControlPlane, DatabaseError, identifier, type TransactionSql } from '@formwork/pg';
import { viewSchema } from '@formwork/view-compiler';
import { lockViewNames } from './use-views.ts';

export interface SweepOptions {
  /** Seconds for which a view is left to requests in flight after the last registry has left it (3,600). */
  readonly grace?: number;
}

/** Drops the views that no registry uses any more, and gives their names. */
export async function sweepViews(
  control: ControlPlane,
  { grace = 3_600 }: SweepOptions = {},
): Promise<string[]> {
  const names = await control.control((sql) => findUnused(sql, grace));
  const dropped: string[] = [];
  for (const name of names) {
    if (await dropUnused(control, name, grace)) dropped.push(name);
  }
  return dropped;
}

/** Whoever makes a view notes its use in the same transaction, so a view without a note is nobody's. */
async function findUnused(sql: TransactionSql, grace: number, name: string | null = null): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select viewname as name from pg_catalog.pg_views v
    where schemaname = ${viewSchema} and (${name}::text is null or viewname = ${name}) and not exists (
      select from formwork.view_uses u
      where u.view_name = v.viewname
        and (u.released_at is null or u.released_at > now() - make_interval(secs => ${grace}))
    )
    order by 1`;
  return rows.map((row) => row.name);
}

/** In a transaction for each view, and looked at again under the lock: somebody may have taken it up meanwhile. */
async function dropUnused(control: ControlPlane, name: string, grace: number): Promise<boolean> {
  try {
    return await control.control(async (sql) => {
      await sql`select set_config('lock_timeout', '500ms', true)`;
      await lockViewNames(sql, [name]);
      if ((await findUnused(sql, grace, name)).length === 0) return false;
      await sql.unsafe(`drop view ${identifier(viewSchema)}.${identifier(name)}`);
      await sql`delete from formwork.view_uses where view_name = ${name}`;
      return true;
    });
  } catch (error) {
    // Somebody still reads it: the next sweep will find it.
    if (error instanceof DatabaseError && error.sqlstate === '55P03') return false;
    throw error;
  }
}
