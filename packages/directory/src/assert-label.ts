import { DirectoryError, type DirectoryErrorCode } from './errors.ts';

const longest = 200;

/** Throws unless `text` fits a column for names and labels; `what` is how the message calls it. */
export function assertLabel(text: unknown, what: string, code: DirectoryErrorCode): asserts text is string {
  if (typeof text !== 'string') throw new DirectoryError(code, `The ${what} must be text.`);
  if (text.includes('\0')) throw new DirectoryError(code, `The ${what} contains a NUL character.`);
  const length = [...text].length;
  if (length > longest) {
    throw new DirectoryError(code, `The ${what} has ${length} characters; at most ${longest} are allowed.`);
  }
}
