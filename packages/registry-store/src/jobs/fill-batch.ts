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
 *
 * `misses` nothing: for who does not look at the records again. Records that were passed over are touched one by one, as soon as
 * they are free: whoever held them may have written nothing.
 */
export async function fillBatch(
  control: ControlPlane,
  claim: Claim,
  size: number,
  misses: 'some' | 'nothing' = 'some',
): Promise<BatchOutcome> {
  const page = await asWriter(control, claim, async (sql) => {
    const [job] = await sql<(Place & { entityType: string })[]>`
      update formwork.jobs j set state = 'running', started_at = coalesce(started_at, now()),
        last_record = coalesce(last_record, (
          select r.id from formwork.records r where r.entity_type = j.entity_type order by r.id desc limit 1))
      where id = ${claim.jobId}::uuid and state in ('waiting', 'running')
      returning entity_type as "entityType", cursor, last_record as "lastRecord"`;
    if (job === undefined) return 'stopped';
    const found = await touch(
      sql,
      text`select id from formwork.records where entity_type = ${job.entityType}
        and id > ${job.cursor ?? '00000000-0000-0000-0000-000000000000'}::uuid
        and id <= ${job.lastRecord}::uuid order by id limit ${size}::int`,
    );
    const isAll = misses === 'some' || found.passed.length === 0;
    if (isAll) await advance(sql, claim, job, found);
    return { ...found, job, isAll };
  });
  if (page === 'stopped') return page;
  if (!page.isAll) {
    for (const id of page.passed) {
      const outcome = await asWriter(control, claim, (sql) => touchPatiently(sql, id));
      if (outcome === 'stopped') return outcome;
    }
    const outcome = await asWriter(control, claim, (sql) => advance(sql, claim, page.job, page));
    if (outcome === 'stopped') return outcome;
  }
  return page.looked < size ? 'end' : 'more';
}

/** How far a job is, and how far it goes. */
interface Place {
  readonly cursor: string | null;
  readonly lastRecord: string | null;
}

/** Unless the job has begun anew meanwhile: then it does not know its last record, and has gone nowhere. */
async function advance(
  sql: TransactionSql,
  { jobId }: Claim,
  { cursor, lastRecord }: Place,
  { looked, last }: TouchedPage,
): Promise<void> {
  await sql`
    update formwork.jobs set cursor = coalesce(${last}::uuid, cursor), done = done + ${looked},
      total = greatest(total, done + ${looked}), attempts = 0, error = null, updated_at = now()
    where id = ${jobId}::uuid and cursor is not distinct from ${cursor}::uuid
      and last_record is not distinct from ${lastRecord}::uuid`;
}

/** Waits for whoever holds it, but not for ever: a change of the registry waits for this. */
async function touchPatiently(sql: TransactionSql, id: string): Promise<void> {
  await sql`select set_config('lock_timeout', '2s', true)`;
  await sql`update formwork.records set data = data where id = ${id}::uuid and deleted_at is null`;
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
    return 'more' as const;
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
function asWriter<T>(
  control: ControlPlane,
  claim: Claim,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T | 'stopped'> {
  return control.withTenant(claim.tenantId, async (sql) => {
    await sql`select pg_advisory_xact_lock_shared(formwork.tenant_lock_key(${claim.tenantId}::uuid))`;
    return (await keepClaim(sql, claim)) ? work(sql) : 'stopped';
  });
}

interface TouchedPage {
  readonly looked: number;
  readonly last: string | null;
  /** Ids of those that somebody held. */
  readonly passed: readonly string[];
}

/** By ids and no join: planned as one statement, every batch read the whole table twice. */
async function touch(sql: TransactionSql, page: SqlFragment): Promise<TouchedPage> {
  const idsOf = async (found: SqlFragment) => (await runStatement(sql, found)).flatMap(([id]) => id ?? []);
  const ids = await idsOf(page);
  const living = text`select id from formwork.records where id = any (${textArray(ids)}::uuid[]) and deleted_at is null`;
  const wanted = await idsOf(living);
  const free = await idsOf(text`${living} order by id for no key update skip locked`);
  await runStatement(
    sql,
    text`update formwork.records set data = data where id = any (${textArray(free)}::uuid[])`,
  );
  const touched = new Set(free);
  return { looked: ids.length, last: ids.at(-1) ?? null, passed: wanted.filter((id) => !touched.has(id)) };
}
