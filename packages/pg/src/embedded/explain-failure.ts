import { SetupError } from '../errors.ts';

const ownPostgres = 'or set DATABASE_URL to a Postgres of your own';

/** What Postgres' programs print when they fail, and the way out of it. */
const explanations: readonly {
  readonly pattern: RegExp;
  readonly wayOut: (match: RegExpExecArray) => string;
}[] = [
  {
    pattern: /error while loading shared libraries: ([^:\s]+)|Library not loaded: (\S+)/,
    wayOut: ([, linux, mac]) =>
      `the shared library "${linux ?? mac}" is missing. Install it with your package manager ` +
      `(npm must also be allowed to run install scripts), ${ownPostgres}`,
  },
  {
    pattern: /version `?(GLIBC\S*?)'? not found/,
    wayOut: ([, version]) =>
      `this system's C library is too old: ${version} is needed. Use a newer one, ${ownPostgres}`,
  },
  {
    pattern: /ENOENT/,
    wayOut: () =>
      `it is built for another C library (glibc). Use a system with glibc (Alpine has none), ${ownPostgres}`,
  },
  {
    pattern: /EACCES|Permission denied/i,
    wayOut: () =>
      'a file cannot be reached or written. Postgres never runs as root: where Formwork does, it is started as the user ' +
      `"postgres", who has to be able to reach this directory and the data (not so below /root). Move them, ${ownPostgres}`,
  },
  {
    pattern: /No space left on device/i,
    wayOut: () => 'the disk is full. Make room, or set FORMWORK_DATA_DIR to another disk',
  },
  {
    pattern: /could not create shared memory segment|could not map anonymous shared memory/i,
    wayOut: () => `there is too little shared memory. Give the machine or container more, ${ownPostgres}`,
  },
  {
    pattern: /database files are incompatible with server/i,
    wayOut: () =>
      `the data was made by another version of Postgres. Set FORMWORK_DATA_DIR to another directory, ${ownPostgres}`,
  },
];

/** An error that says what went wrong and what to do, with the program's own words behind it. */
export function explainFailure(what: string, output: string, cause?: unknown): SetupError {
  const words = output.trim().split('\n').slice(-12).join('\n');
  for (const { pattern, wayOut } of explanations) {
    const match = pattern.exec(output);
    if (match !== null) return new SetupError(`${what}: ${wayOut(match)}.\n${words}`, { cause });
  }
  return new SetupError(`${what}.\n${words}`, { cause });
}
