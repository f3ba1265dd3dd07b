/** Thrown where a comparison has told that there is something to apply: no failure, but exit code 2. */
export class ChangesPending extends Error {
  readonly exitCode = 2;
}

/** Commands whose exit code 2 says "changes": a pipeline must not take a slip of the keyboard for that. */
export function comparesRegistries([group, command]: readonly string[]): boolean {
  if (group === 'jobs') return command === 'parity';
  return group === 'registry' && (command === 'diff' || command === 'plan');
}
