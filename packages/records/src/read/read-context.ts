import type { Registry } from '@formwork/registry';
import type { ReadLimits } from './limits.ts';
import type { CursorContext } from './list-query.ts';
import type { TickBatcher } from './tick-batcher.ts';

/** What all reads of one request share. */
export interface ReadContext {
  readonly registry: Registry;
  readonly batcher: TickBatcher;
  readonly cursors: CursorContext;
  readonly limits: ReadLimits;
}
