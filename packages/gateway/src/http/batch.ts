import type { GraphQLError } from 'graphql';
import type { OperationParams } from '../operations/prepare.ts';
import { limitError } from '../request-error.ts';
import type { Services } from '../services.ts';
import type { Visit } from '../visit.ts';
import type { Answer } from './answer.ts';
import type { Lane, Runnable } from './lane.ts';

/** Several operations in one request: a list, where the setting allows one. */
export interface Batch {
  readonly operations: readonly OperationParams[];
}

/** How one request lets operations in, begins and runs them: as it would a single one. */
export interface BatchWays {
  /** Counts as a request of the tenant each time. */
  readonly admit: () => Visit | Promise<Visit>;
  readonly begin: (visit: Visit, params: OperationParams) => Runnable | Promise<Runnable>;
  readonly watch: (operation: Runnable) => Runnable;
  readonly lane: Lane;
}

/**
 * Answers a list by a list, in its order, one operation after the other; each is a whole of its own, its errors and its
 * transaction included. The rate and the estimated cost are those of all together, and are known before anything runs.
 * A visit cannot be shared: one operation may find that the tenant has moved on, and those behind it would not.
 *
 * @throws LIMIT_EXCEEDED, OVERLOADED for the list as a whole
 */
export async function answerBatch(
  { operations: list }: Batch,
  { options }: Services,
  first: Visit,
  ways: BatchWays,
): Promise<Answer> {
  const visits = [first];
  while (visits.length < list.length) visits.push(await ways.admit());
  const operations: Runnable[] = [];
  for (const [index, params] of list.entries()) {
    operations.push(await ways.begin(visits[index] as Visit, params));
  }
  const refusal = tooExpensive(operations, options.maxCost);
  if (refusal !== null) throw refusal;
  const bodies: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const params = list[index] as OperationParams;
    const request = {
      operation: ways.watch(operation),
      params,
      method: 'POST',
      media: 'application/json',
    } as const;
    bodies.push((await ways.lane(request)).body.toString());
  }
  // What goes wrong is told in its place; of lists the other media type knows nothing.
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `[${bodies.join(',')}]`,
  };
}

function tooExpensive(operations: readonly Runnable[], maxCost: number): GraphQLError | null {
  const cost = operations.reduce(
    (sum, { prepared }) => sum + (prepared.refused === null ? prepared.cost : 0),
    0,
  );
  if (cost <= maxCost) return null;
  return limitError('Estimated records of all operations of the batch', cost, maxCost, 'FORMWORK_MAX_COST', {
    status: 400,
  });
}
