import { DatabaseError } from '@formwork/pg';
import { RecordError } from '../contract.ts';

const refusals: Readonly<Record<string, string>> = {
  // Node knows time zones that a Postgres may lack.
  '22023': 'A time zone is not known to this database.',
  '22003': 'A sum is too large for a Float. Sum fewer records, or a field of the type "decimal".',
};

/** Postgres' own refusals of what a read asks for and nobody can know before it is computed; null for other errors. */
export function refusalOf(error: unknown): RecordError | null {
  const refusal = error instanceof DatabaseError ? refusals[error.sqlstate ?? ''] : undefined;
  return refusal === undefined ? null : new RecordError('BAD_USER_INPUT', refusal, {}, { cause: error });
}
