import { DatabaseError } from '@formwork/pg';
import { BrokenRegistryError, findBroken, type Problem, RegistryError } from '@formwork/registry';
import { Failure } from './failure.ts';

interface FailureReport {
  readonly message: string;
  readonly problems: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
  /** Only where `FORMWORK_LOG_LEVEL` asks for it. */
  readonly stack: string | null;
}

/** What is told of an error, whatever it is: never a stack trace, unless somebody debugs. */
export function describeFailure(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): FailureReport {
  const isDebugging = ['debug', 'trace'].includes(environment.FORMWORK_LOG_LEVEL ?? '');
  const stack = isDebugging && error instanceof Error ? (error.stack ?? null) : null;
  const { message, problems, details } = reportOf(error);
  return { message, problems, details, stack };
}

function reportOf(error: unknown): Omit<FailureReport, 'stack'> {
  if (error instanceof Failure) return error;
  if (error instanceof RegistryError) {
    return {
      message: 'The registry was refused; nothing was applied.',
      problems: error.problems.map(inPlace),
      details: { refused: error.problems },
    };
  }
  if (error instanceof BrokenRegistryError) {
    const broken = findBroken(error);
    return { message: error.message, problems: broken.map(inPlace), details: { broken } };
  }
  const message = asSentence(error instanceof Error ? error.message : String(error));
  return {
    message: error instanceof DatabaseError ? `Postgres: ${message}` : message,
    problems: [],
    details: {},
  };
}

function inPlace({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`;
}

function asSentence(text: string): string {
  const trimmed = text.trim() || 'It failed, and nothing more is known.';
  return /[.!?:)]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
