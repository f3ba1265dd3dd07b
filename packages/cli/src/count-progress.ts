import type { Terminal } from './terminal.ts';

/** Milliseconds between two lines. */
const lineInterval = 5_000;

/** Says now and then how far a long command has come, on standard error; nothing where machines read. */
export function countProgress(
  { error }: Pick<Terminal, 'error'>,
  { of, what, isQuiet }: { readonly of: number; readonly what: string; readonly isQuiet: boolean },
  interval = lineInterval,
): (done: number) => void {
  let last = performance.now();
  return (done) => {
    if (isQuiet || performance.now() - last < interval) return;
    last = performance.now();
    error.write(`${done} of ${of} ${what} …\n`);
  };
}
