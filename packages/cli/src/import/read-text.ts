import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';

/** Characters that one record may have: what is longer has lost its end (an open quote), and would fill the memory. */
export const longestRecord = 16 * 1024 * 1024;

/** A file's text, piece by piece, without a byte order mark. `onBytes` hears how much was read. */
export async function* readText(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 })) {
    const bytes: Buffer = chunk;
    yield decode(decoder, path, read, bytes);
    read += bytes.length;
    onBytes(bytes.length);
  }
  yield decode(decoder, path, read);
}

/**
 * The file's size in bytes (0 for a pipe), after reading it through once: bytes that are not UTF-8 are found before
 * the first record is written, and not after the millionth.
 */
export async function inspectFile(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      error.code === 'ENOENT'
        ? `There is no file ${quote(path)}.`
        : `The file ${quote(path)} cannot be opened: ${error.message}`,
    );
  });
  if (found.isDirectory()) throw new Failure(`${quote(path)} is a directory, and import takes a file.`);
  if (!found.isFile()) return 0;
  for await (const _ of readText(path));
  return found.size;
}

function decode(decoder: TextDecoder, path: string, offset: number, bytes?: Buffer): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new Failure(
      `The file ${quote(path)} is not UTF-8 text${describeEncoding(offset, bytes)}: ` +
        'convert it first, for example with "iconv -f LATIN1 -t UTF-8".',
    );
  }
}

/** What is known of bytes that did not decode. */
function describeEncoding(offset: number, bytes: Buffer = Buffer.alloc(0)): string {
  const start = offset === 0 ? bytes.subarray(0, 2).toString('hex') : '';
  if (start === 'fffe' || start === 'feff') return ' but UTF-16';
  if (start === '1f8b') return ' but compressed (gzip)';
  return ` (from byte ${offset} to byte ${offset + bytes.length} there is a byte that is not)`;
}
