import type { Row } from '@formwork/pg';
import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type ConnectionSelection, type Count, type CountRequest, RecordError } from '../contract.ts';
import { badInput } from './bad-input.ts';
import { getText } from './select-list.ts';
import type { StatementScope } from './statement-scope.ts';

const largestCap = 1_000_000;

/** The counts that a selection asks for; `totalCount` by itself is an exact one. */
export function countRequests({ totalCount, counts }: ConnectionSelection): readonly CountRequest[] {
  return counts ?? (totalCount ? [{ mode: 'EXACT', cap: largestCap }] : []);
}

/** The planner knows nothing of a single parent's links, so what would be estimated is counted. */
export function exactly(request: CountRequest): CountRequest {
  return request.mode === 'ESTIMATE' ? { ...request, mode: 'EXACT' } : request;
}

export function assertCount({ mode, cap }: CountRequest): void {
  if (mode === 'EXACT') return;
  if (!Number.isInteger(cap) || cap < 0)
    throw badInput('cap', `must be a whole number from 0, and ${cap} is not.`);
  if (cap > largestCap) {
    throw new RecordError('LIMIT_EXCEEDED', `"cap" is ${cap}; at most ${largestCap} is allowed.`, {
      limit: largestCap,
    });
  }
}

/** A number of rows of `from … where …`: all, or counted until there are more than `cap`. */
export function countColumn(scope: StatementScope, source: SqlFragment, request: CountRequest): SqlFragment {
  if (request.mode === 'EXACT') return sql`select count(*) ${source}`;
  return sql`select count(*) from (select ${source} limit ${request.cap + 1}::int8) ${scope.alias()}`;
}

/** What the planner thinks, as JSON. Costs no reading; what it knows is about the whole table, not the tenant's part. */
export function estimateStatement(source: SqlFragment): SqlFragment {
  return sql`explain (format json) select ${source}`;
}

export function readEstimate(rows: readonly Row[]): number {
  const [plan] = JSON.parse(rows.map((row) => getText(row, 0)).join('\n')) as {
    Plan: { 'Plan Rows': number };
  }[];
  return plan?.Plan['Plan Rows'] ?? 0;
}

/** `counted` is the number as far as it was counted, `estimate` the planner's. */
export function toCount({ mode, cap }: CountRequest, counted: number, estimate: number): Count {
  if (mode === 'EXACT' || counted <= cap) return { count: counted, isExact: true };
  return { count: mode === 'CAPPED' ? cap : Math.max(cap, Math.round(estimate)), isExact: false };
}
