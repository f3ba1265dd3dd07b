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
  /** Whether what is selected behind links is read with the record, in one statement; else loaders read it. */
  readonly nests: boolean;
}
