import {
  type ControlPlane,
  type SqlFragment,
  type TransactionSql,
  sql as text,
  textArray,
} from '@formwork/pg';
import { type ConvertedPair, compileParity } from '@formwork/view-compiler';
import { runStatement } from '../run-statement.ts';
import { keepClaim } from './claim-job.ts';
import type { Claim } from './job.ts';

/** stopped: the job is not this worker's any more. */
export type BatchOutcome = 'more' | 'end' | 'stopped';

/**
 * Touches the next records, for which the trigger fills what they lack. Records that somebody is just now writing are passed
 * over: whoever writes them fills them. A short transaction, which holds the tenant's lock as any writer does.
 */
export function fillBatch(control: ControlPlane, claim: Claim, size: number): Promise<BatchOutcome> {
  return asWriter(control, claim, async (sql) => {
    const [job] = await sql<{ entityType: string; cursor: string | null }[]>`
      update formwork.jobs set state = 'running', started_at = coalesce(started_at, now())
      where id = ${claim.jobId}::uuid and state in ('waiting', 'running')
      returning entity_type as "entityType", cursor`;
    if (job === undefined) return 'stopped';
    const page = text`select id from formwork.records where entity_type = ${job.entityType}
      and id > ${job.cursor ?? '00000000-0000-0000-0000-000000000000'}::uuid order by id limit ${size}::int`;
    const { looked, last } = await touch(sql, page);
    await sql`
      update formwork.jobs set cursor = coalesce(${last}::uuid, cursor), done = done + ${looked},
        total = greatest(total, done + ${looked}), attempts = 0, error = null, updated_at = now()
      where id = ${claim.jobId}::uuid`;
    return looked < size ? 'end' : 'more';
  });
}

/** Touches records that are not filled although a batch has passed them. */
export function fillRest(
  control: ControlPlane,
  claim: Claim,
  pair: ConvertedPair,
  size: number,
): Promise<BatchOutcome> {
  const { source, differs } = compileParity(pair);
  return asWriter(control, claim, async (sql) => {
    await touch(
      sql,
      text`select r.id ${text.raw(source)} where ${text.raw(differs)} order by r.id limit ${size}::int`,
    );
    return 'more';
  });
}

/** How many records there are to look at, so that progress can be told. */
export function countRecords(control: ControlPlane, claim: Claim): Promise<void> {
  return control.withTenant(claim.tenantId, async (sql) => {
    const [count] = await sql<{ total: string }[]>`
      select count(*) as total from formwork.records r
      where r.entity_type = (select entity_type from formwork.jobs where id = ${claim.jobId}::uuid)`;
    await sql`
      update formwork.jobs set total = greatest(done, ${count?.total ?? 0}::bigint)
      where id = ${claim.jobId}::uuid and total = 0`;
  });
}

/** In a transaction that a change of the registry waits for, and only while the job is this worker's. */
function asWriter(
  control: ControlPlane,
  claim: Claim,
  work: (sql: TransactionSql) => Promise<BatchOutcome>,
): Promise<BatchOutcome> {
  return control.withTenant(claim.tenantId, async (sql) => {
    await sql`select pg_advisory_xact_lock_shared(formwork.tenant_lock_key(${claim.tenantId}::uuid))`;
    return (await keepClaim(sql, claim)) ? work(sql) : 'stopped';
  });
}

/** By ids and no join: planned as one statement, every batch read the whole table twice. */
async function touch(
  sql: TransactionSql,
  page: SqlFragment,
): Promise<{ readonly looked: number; readonly last: string | null }> {
  const ids = (await runStatement(sql, page)).flatMap(([id]) => id ?? []);
  const free = await runStatement(
    sql,
    text`select id from formwork.records where id = any (${textArray(ids)}::uuid[]) and deleted_at is null
      order by id for no key update skip locked`,
  );
  const touched = textArray(free.flatMap(([id]) => id ?? []));
  await runStatement(sql, text`update formwork.records set data = data where id = any (${touched}::uuid[])`);
  return { looked: ids.length, last: ids.at(-1) ?? null };
}
