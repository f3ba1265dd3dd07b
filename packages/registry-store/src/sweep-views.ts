import { type ControlPlane, DatabaseError, identifier, type TransactionSql } from '@formwork/pg';
import { viewSchema } from '@formwork/view-compiler';
import { lockViewNames } from './use-views.ts';

export interface SweepOptions {
  /** Seconds for which a view is left to requests in flight after the last registry has left it (3,600). */
  readonly grace?: number;
}

/** Drops the views and generated functions that no registry uses any more, and gives their names. */
export async function sweepViews(
  control: ControlPlane,
  { grace = 3_600 }: SweepOptions = {},
): Promise<string[]> {
  const unused = await control.control((sql) => findUnused(sql, grace));
  const dropped: string[] = [];
  for (const { name } of unused) {
    if (await dropUnused(control, name, grace)) dropped.push(name);
  }
  return dropped;
}

/** Whoever makes a view notes its use in the same transaction, so a view without a note is nobody's. */
async function findUnused(
  sql: TransactionSql,
  grace: number,
  name: string | null = null,
): Promise<readonly Generated[]> {
  return sql<Generated[]>`
    select g.name, g.what from (
      select viewname::text as name, 'view' as what from pg_catalog.pg_views where schemaname = ${viewSchema}
      union all
      select proname::text, 'function' from pg_catalog.pg_proc where pronamespace = ${viewSchema}::regnamespace
    ) g
    where (${name}::text is null or g.name = ${name}) and not exists (
      select from formwork.view_uses u
      where u.view_name = g.name
        and (u.released_at is null or u.released_at > now() - make_interval(secs => ${grace}))
    )
    order by 1`;
}

interface Generated {
  readonly name: string;
  readonly what: 'view' | 'function';
}

/** In a transaction for each view, and looked at again under the lock: somebody may have taken it up meanwhile. */
async function dropUnused(control: ControlPlane, name: string, grace: number): Promise<boolean> {
  try {
    return await control.control(async (sql) => {
      await sql`select set_config('lock_timeout', '500ms', true)`;
      await lockViewNames(sql, [name]);
      const [unused] = await findUnused(sql, grace, name);
      if (unused === undefined) return false;
      await sql.unsafe(`drop ${unused.what} ${identifier(viewSchema)}.${identifier(name)}`);
      await sql`delete from formwork.view_uses where view_name = ${name}`;
      return true;
    });
  } catch (error) {
    // Somebody still reads it: the next sweep will find it.
    if (error instanceof DatabaseError && error.sqlstate === '55P03') return false;
    throw error;
  }
}
