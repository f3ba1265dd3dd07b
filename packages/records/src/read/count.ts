import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type ConnectionSelection, type Count, type CountRequest, RecordError } from '../contract.ts';
import { badInput } from './bad-input.ts';
import type { StatementScope } from './statement-scope.ts';

const largestCap = 1_000_000;

/** The counts that a selection asks for; `totalCount` by itself is an exact one. */
export function countRequests({ totalCount, counts }: ConnectionSelection): readonly CountRequest[] {
  return counts ?? (totalCount ? [{ mode: 'EXACT', cap: largestCap }] : []);
}

export function assertCount({ mode, cap }: CountRequest): void {
  if (mode === 'EXACT') return;
  if (!Number.isInteger(cap) || cap < 0)
    throw badInput('cap', `must be a whole number from 0, and ${cap} is not.`);
  if (cap > largestCap) {
    throw new RecordError('LIMIT_EXCEEDED', `"cap" is ${cap}; at most ${largestCap} is allowed.`, {
      limit: largestCap,
      found: cap,
    });
  }
}

/**
 * A number of rows of `from … where …`: all, or counted until there are more than asked for. An estimate is counted
 * too, as far as `largestCap`: what the planner expects would say what is frequent among the records of all tenants
 * and of all roles. 300,000 records take a quarter of a second.
 */
export function countColumn(scope: StatementScope, source: SqlFragment, request: CountRequest): SqlFragment {
  if (request.mode === 'EXACT') return sql`select count(*) ${source}`;
  const most = request.mode === 'ESTIMATE' ? largestCap : request.cap;
  return sql`select count(*) from (select ${source} limit ${most + 1}::int8) ${scope.alias()}`;
}

/** `counted` is the number as far as it was counted. */
export function toCount({ mode, cap }: CountRequest, counted: number): Count {
  if (mode === 'EXACT' || counted <= cap) return { count: counted, isExact: true };
  return { count: mode === 'CAPPED' ? cap : Math.min(counted, largestCap), isExact: false };
}
