import type { Operation } from './operation.ts';
import { aggregate, byId, count, nested, search, selective } from './reads.ts';
import { bulk, create, update } from './writes.ts';

/** Reads first: what writes add is in nobody's way then. */
export const operations: readonly Operation[] = [
  byId,
  selective,
  count,
  nested,
  aggregate,
  search,
  create,
  update,
  bulk,
];

/** Those that anybody answers a thousand times in a second. */
export const quickReads: readonly Operation[] = [byId, selective, nested];
