interface FailureOptions {
  /** What is wrong, one by one. */
  readonly problems?: readonly string[];
  /** 1 (refused or failed), unless the command or the environment was written wrongly. */
  readonly exitCode?: 1 | 2;
  /** What machines get beside the message. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * An end that the person at the keyboard can do something about: one sentence, and perhaps a list below it. Anything
 * else that is thrown is told by its message alone, and by its stack where `FORMWORK_LOG_LEVEL` is "debug".
 */
export class Failure extends Error {
  readonly problems: readonly string[];
  readonly exitCode: 1 | 2;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, { problems = [], exitCode = 1, details = {} }: FailureOptions = {}) {
    super(message);
    this.name = 'Failure';
    this.problems = problems;
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** The command was written wrongly: exit code 2. */
export function usageFailure(message: string): Failure {
  return new Failure(message, { exitCode: 2 });
}
