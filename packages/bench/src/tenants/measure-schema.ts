import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Of a schema of 50 entities of 20 fields: what is kept of it, collected, and milliseconds for each that was made. */
export interface SchemaFigures {
  /** With the types of a first document, which a request makes. */
  readonly asked: { readonly bytes: number; readonly ms: readonly number[] };
  /** With all types, which introspection makes, and how long the rest of them took. */
  readonly whole: { readonly bytes: number; readonly ms: readonly number[] };
}

export async function measureSchema(): Promise<SchemaFigures> {
  const path = fileURLToPath(new URL('./schema-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', path]);
  return JSON.parse(stdout);
}
