import { createHmac, timingSafeEqual } from 'node:crypto';
import { badInput } from './bad-input.ts';

/** What a cursor is good for: whoever brings it must come from the same place. */
export interface CursorPlace {
  readonly tenantId: string;
  readonly role: string;
  /** Storage key. */
  readonly entity: string;
  /** Of the ordering; the filter is left out, so a cursor goes on when the filter changes. */
  readonly signature: string;
}

/** Bytes of the code: nobody can try 2^128 of them. */
const codeBytes = 16;

/**
 * Writes and reads cursors: the sort values of a record in Postgres' own text (a JavaScript date would lose
 * microseconds), behind a code over them and the place. Opaque to clients, in letters that a URL can hold.
 */
export class CursorSealer {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  write(place: CursorPlace, values: readonly (string | null)[]): string {
    const payload = Buffer.from(JSON.stringify(values));
    return Buffer.concat([this.#code(place, payload), payload]).toString('base64url');
  }

  /** Throws BAD_USER_INPUT for a cursor that was changed, or made for another list, ordering, role or tenant. */
  read(place: CursorPlace, cursor: string, path: string): readonly (string | null)[] {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(codeBytes);
    const code = bytes.subarray(0, codeBytes);
    const fits =
      bytes.length > codeBytes &&
      // base64 decoding skips what it does not know: only the text that was given out is a cursor.
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(code, this.#code(place, payload));
    if (!fits) {
      throw badInput(
        path,
        'is no cursor of this list in this order. Take it from "pageInfo" or "edges" of the same query.',
      );
    }
    return JSON.parse(payload.toString()) as (string | null)[];
  }

  #code({ tenantId, role, entity, signature }: CursorPlace, payload: Buffer): Buffer {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify(['cursor', tenantId, role, entity, signature]))
      .update(payload)
      .digest()
      .subarray(0, codeBytes);
  }
}
