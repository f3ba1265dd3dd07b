/** A JSON Schema, draft 2020-12, as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * Whom a schema is for. The client's has labels and tells what may be null; the engine's is checked after absent and
 * null values were set apart, has no text that is only shown, and lists choices as `enum`, which compiles small.
 */
export type Audience = 'client' | 'engine';

export type WriteOperation = 'create' | 'update';
