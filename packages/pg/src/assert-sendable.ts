import { DatabaseError } from './errors.ts';
import type { Statement } from './statement.ts';

/** The protocol counts parameters in 16 bits; one more and the server reads the rest of the message as nonsense. */
const mostParameters = 65_535;
/** Postgres refuses a message of 1 GB by dropping the connection; nothing of ours comes near a quarter of that. */
const mostBytes = 256 * 1024 * 1024;

/** Why a statement cannot be sent, or undefined. Postgres would answer these by breaking the connection, or worse. */
export function findUnsendable({ text, values }: Statement): DatabaseError | undefined {
  if (text.includes('\0')) return badInput('The text of a statement contains a NUL');
  if (values.length > mostParameters) {
    return badInput(`A statement has ${values.length} parameters; at most ${mostParameters} are allowed`);
  }
  let length = text.length;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as unknown;
    if (value === null) continue;
    if (typeof value !== 'string') return badInput(`Parameter $${index + 1} is neither text nor null`);
    if (value.includes('\0'))
      return badInput(`Parameter $${index + 1} contains a NUL, which Postgres cannot store`);
    length += value.length;
  }
  // A UTF-16 unit takes three bytes at most, so short statements need not be measured.
  if (length * 3 > mostBytes && byteLength(text, values) > mostBytes) {
    return badInput(`A statement with its parameters is larger than ${mostBytes} bytes`);
  }
  return undefined;
}

/** Throws the error of `findUnsendable`. */
export function assertSendable(statements: readonly Statement[]): void {
  for (const statement of statements) {
    const error = findUnsendable(statement);
    if (error !== undefined) throw error;
  }
}

function byteLength(text: string, values: readonly (string | null)[]): number {
  return values.reduce((sum, value) => sum + Buffer.byteLength(value ?? ''), Buffer.byteLength(text));
}

function badInput(message: string): DatabaseError {
  return new DatabaseError('BAD_INPUT', message);
}
