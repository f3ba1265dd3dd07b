import { OpenValue } from '@formwork/pg/sql-text';
import type { ClaimValues } from '../access/row-rule.ts';
import type { CursorContext, CursorReader } from '../read/list-query.ts';

/** What a planned read is filled with: the values that were left open, the caller's claims, and whose cursors are read. */
export class Given implements CursorReader {
  readonly values: readonly unknown[];
  readonly claims: ClaimValues;
  readonly cursors: CursorContext;
  #read: Map<object, readonly (string | null)[]> | undefined;

  constructor(values: readonly unknown[], claims: ClaimValues, cursors: CursorContext) {
    this.values = values;
    this.claims = claims;
    this.cursors = cursors;
  }

  once(key: object, read: () => readonly (string | null)[]): readonly (string | null)[] {
    this.#read ??= new Map();
    const values = this.#read.get(key) ?? read();
    this.#read.set(key, values);
    return values;
  }
}

/** What stands for values that are taken out of arguments, while statements are written. */
export class OpenValues {
  #taken = 0;
  /** What was made of them in the end. */
  readonly ends = new Set<OpenValue>();

  /** For the next one. */
  take(): OpenValue {
    const index = this.#taken;
    this.#taken += 1;
    return new OpenValue(({ values }: Given) => values[index], this.ends);
  }
}
