import { RecordError } from '../contract.ts';
import type { Violation } from '../validate/violation.ts';

const mostInMessage = 10;

/** The error for an input with violations; its message holds those of the first few. */
export function validationFailed(violations: readonly Violation[]): RecordError {
  const messages = violations.slice(0, mostInMessage).map(({ message }) => message);
  const rest = violations.length - messages.length;
  const message = [...messages, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
  return new RecordError('VALIDATION_FAILED', message, { violations });
}
