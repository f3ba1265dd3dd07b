import { RecordError } from '../contract.ts';
import { mostTold } from '../validate/validate-input.ts';
import type { Violation } from '../validate/violation.ts';

const mostInMessage = 10;

/** The error for inputs with violations; its message holds those of the first few. `more`: there are others. */
export function validationFailed(found: readonly Violation[]): RecordError {
  const violations = found.slice(0, mostTold);
  const isMore = found.length > mostTold;
  const messages = violations.slice(0, mostInMessage).map(({ message }) => message);
  const rest = violations.length - messages.length;
  const end = rest > 0 ? [`And ${isMore ? 'more than ' : ''}${rest} more.`] : [];
  const message = [...messages, ...end].join(' ');
  return new RecordError('VALIDATION_FAILED', message, { violations, ...(isMore && { more: true }) });
}
