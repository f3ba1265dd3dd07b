import { RecordError } from '../contract.ts';
import type { Violation } from '../validate/violation.ts';

const mostInMessage = 10;

/** Of all that is wrong with many inputs: what nobody can read should fill neither the answer nor the memory. */
export const mostTold = 5000;

/** The error for inputs with violations; its message holds those of the first few. `found`: how many there are, of which these are told. */
export function validationFailed(all: readonly Violation[], found = all.length): RecordError {
  const violations = all.slice(0, mostTold);
  const messages = violations.slice(0, mostInMessage).map(({ message }) => message);
  const rest = found - messages.length;
  const message = [...messages, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
  return new RecordError('VALIDATION_FAILED', message, {
    violations,
    ...(found > violations.length && { found }),
  });
}
