import { readFile, stat } from 'node:fs/promises';
import { Failure } from './failure.ts';
import { quote } from './quote.ts';
import type { Terminal } from './terminal.ts';

/** Bytes; a registry may have 8 million characters (see `defaultLimits`). */
const largest = 32 * 1024 * 1024;

/** A JSON document from a file, or from standard input for "-". Says what is wrong with it, and where. */
export async function readDocument(terminal: Terminal, path: string): Promise<unknown> {
  const text = await readText(terminal, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`What ${nameOf(path)} holds is not JSON: ${withLine(reason, text)}.`);
  }
}

/** All of a file, or of standard input for "-". */
export async function readText(terminal: Terminal, path: string): Promise<string> {
  const name = nameOf(path);
  return decode(path === '-' ? await readInput(terminal, name) : await readSmallFile(path, name), name);
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : quote(path);
}

async function readSmallFile(path: string, name: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw tooLarge(name);
    return await readFile(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Failure(`There is no file ${name}.`);
    throw new Failure(
      code === 'EISDIR' ? `${name} is a directory, not a file.` : `${name} cannot be read: ${message}`,
    );
  }
}

async function readInput({ input }: Terminal, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > largest) throw tooLarge(name);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, name: string): string {
  try {
    // Takes a byte order mark off, which JSON.parse would stumble over.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`What ${name} holds is not UTF-8 text.`);
  }
}

function tooLarge(name: string): Failure {
  return new Failure(
    `What ${name} holds is larger than ${largest / 1024 / 1024} MB, and nothing that is read whole may be.`,
  );
}

/** Node tells a position in characters; people look for a line. */
function withLine(reason: string, text: string): string {
  const position = /position (\d+)/.exec(reason)?.[1];
  if (position === undefined || reason.includes('(line')) return reason;
  const before = text.slice(0, Number(position)).split('\n');
  return `${reason} (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}
