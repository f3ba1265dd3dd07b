import type { Logger } from '../log.ts';
import type { TextResult } from '../operations/introspection.ts';
import { toRequestError } from '../present-errors.ts';
import { answerResult } from './answer.ts';
import type { Lane, LaneRequest } from './lane.ts';
import type { Yoga } from './yoga.ts';

/**
 * yoga's pipeline without its Request and Response, which cost 280 µs of CPU where the rest of a small query costs 80.
 * For POSTs of plain JSON; everything else takes yoga's own way.
 */
export function createFastLane(yoga: Yoga, log: Logger): Lane {
  return async (request) => answerResult(await run(yoga, request, log), request.media);
}

async function run(yoga: Yoga, { operation, params }: LaneRequest, log: Logger): Promise<TextResult> {
  const { parse, validate, contextFactory, execute, schema } = yoga.getEnveloped({ operation, params });
  try {
    const document = parse(params.query);
    validate(schema, document);
    const contextValue = await contextFactory();
    return await execute({
      schema,
      document,
      contextValue,
      variableValues: params.variables,
      operationName: params.operationName,
    });
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    return { errors: errors.map((one) => toRequestError(one, log)) };
  }
}
