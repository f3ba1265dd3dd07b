import { randomUUID } from 'node:crypto';
import postgres, { type TransactionSql } from 'postgres';
import { arrayTypes } from './array-types.ts';
import { beginGuarded } from './begin-guarded.ts';
import { toDatabaseError } from './errors.ts';
import { assertSystemRole } from './system-role.ts';

/** A batch job that needs all tenants, as the audit tells of it. */
export interface SystemJob {
  readonly name: string;
  /** What it is going to read; at its end the audit has what Postgres saw it touch. */
  readonly tables: readonly string[];
  /** Slugs of those whom it looks at; null: all of them. */
  readonly tenants: readonly string[] | null;
}

/** What a job found, and what the audit may know of that: counts, never values. */
export interface SystemResult<T> {
  readonly value: T;
  readonly outcome: Readonly<Record<string, number | string | boolean>>;
}

/** The system plane: jobs across tenants, as formwork_system, past all policies, on a pool of their own. No gateway has one. */
export interface SystemPlane {
  /**
   * Runs a job in one transaction that reads one state of the database and can write nothing. That it begins is in the
   * audit before it does; how it ended, when it has. A job whose beginning cannot be written does not run.
   */
  run<T>(job: SystemJob, work: (sql: TransactionSql) => Promise<SystemResult<T>>): Promise<T>;
  close(): Promise<void>;
}

export interface SystemPlaneOptions {
  readonly url: string;
  /** Who runs the jobs, as an auditor wants to read it: "ann@host". */
  readonly by: string;
}

/** Opens the system plane. Throws a SetupError for a role that may too much, or too little. */
export async function connectSystemPlane({ url, by }: SystemPlaneOptions): Promise<SystemPlane> {
  await assertSystemRole(url);
  const sql = postgres(url, {
    max: 2,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    fetch_types: false,
    types: arrayTypes,
    connection: { application_name: 'formwork system' },
  });
  return { run: (job, work) => runAudited(sql, by, job, work), close: () => sql.end({ timeout: 5 }) };
}

async function runAudited<T>(
  sql: postgres.Sql,
  by: string,
  job: SystemJob,
  work: (sql: TransactionSql) => Promise<SystemResult<T>>,
): Promise<T> {
  const run = randomUUID();
  const note = (event: string, tables: readonly string[], outcome: SystemResult<T>['outcome']) => sql`
    insert into formwork.system_audit (run, event, by, job, tables, tenants, outcome)
    values (${run}, ${event}, ${by.slice(0, 300)}, ${job.name}, ${[...tables]},
      ${job.tenants === null ? null : [...job.tenants]}, ${sql.json(outcome)})`;
  try {
    await note('began', job.tables, {});
    const { value, outcome, touched } = await readAll(sql, work).catch(async (error: unknown) => {
      const { message } = toDatabaseError(error);
      await note('failed', job.tables, { error: message.slice(0, 1000) });
      throw error;
    });
    await note('done', touched, outcome);
    return value;
  } catch (error) {
    throw error instanceof postgres.PostgresError ? toDatabaseError(error) : error;
  }
}

async function readAll<T>(
  sql: postgres.Sql,
  work: (sql: TransactionSql) => Promise<SystemResult<T>>,
): Promise<SystemResult<T> & { readonly touched: readonly string[] }> {
  return beginGuarded(sql, 'isolation level repeatable read read only', async (transaction) => {
    // What workers in parallel read is not counted where we look below.
    await transaction`set local max_parallel_workers_per_gather = 0`;
    // Postgres adds up over a connection, so what was there before counts for nothing.
    const before = await readAccesses(transaction);
    const found = await work(transaction);
    const after = await readAccesses(transaction);
    const touched = [...after].flatMap(([name, count]) => (count > (before.get(name) ?? 0) ? [name] : []));
    return { ...found, touched: touched.sort() };
  });
}

/** How often each of our tables was scanned or written. */
async function readAccesses(sql: TransactionSql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ name: string; count: number }[]>`
    select relname as name,
      (seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del)::float8 as count
    from pg_catalog.pg_stat_xact_user_tables where schemaname = 'formwork'`;
  return new Map(rows.map(({ name, count }) => [name, count]));
}
