import { answerResult } from './answer.ts';
import type { Lane } from './lane.ts';

/**
 * Past yoga altogether, for POSTs of plain JSON: its Request and Response cost more than all the rest of a small query,
 * and its pipeline, in which nothing is left to do but to run the operation, a tenth of it. Everything else takes yoga's
 * own way; the conformance suite holds the two to the same bytes.
 */
export const fastLane: Lane = ({ operation, media }) =>
  operation.execute().then((result) => answerResult(result, media));
