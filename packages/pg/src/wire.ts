/** One message of Postgres' extended protocol as text and parameters; what it looks like in bytes is known here alone. */
export type Frame =
  | { readonly kind: 'parse'; readonly name: string; readonly text: string }
  | { readonly kind: 'run'; readonly name: string; readonly values: readonly (string | null)[] }
  | { readonly kind: 'close'; readonly name: string };

/** Execute of the unnamed portal, all rows. */
const execute = 'E\0\0\0\x09\0\0\0\0\0';
const sync = 'S\0\0\0\x04';

/**
 * The frames and a Sync in one piece, so that one write takes them to the socket: node-postgres writes each by itself.
 * A text of which each character is a byte (latin1), for that is put together without a call out of JavaScript for each part.
 * Names are ours and ASCII. A "run" is Bind and Execute, with parameters and results as text.
 */
export function encode(frames: readonly Frame[]): string {
  let bytes = '';
  for (const frame of frames) bytes += frame.kind === 'run' ? runOf(frame) : statementOf(frame);
  return bytes + sync;
}

function statementOf(frame: Exclude<Frame, { kind: 'run' }>): string {
  if (frame.kind === 'close') return message('C', `S${frame.name}\0`);
  // Types of parameters: none are told, casts in the text say them.
  return message('P', `${frame.name}\0${utf8(frame.text)}\0\0\0`);
}

function runOf({ name, values }: Extract<Frame, { kind: 'run' }>): string {
  // Formats of parameters and of results: all of them text.
  let bind = `\0${name}\0\0\0${int16(values.length)}`;
  for (const value of values) {
    if (value === null) {
      bind += '\xff\xff\xff\xff';
      continue;
    }
    const bytes = utf8(value);
    bind += int32(bytes.length) + bytes;
  }
  return message('B', `${bind}\0\0`) + execute;
}

function message(code: string, body: string): string {
  return code + int32(4 + body.length) + body;
}

/** Anything that is not ASCII. */
const wide = /[^\0-\x7f]/;

function utf8(text: string): string {
  return wide.test(text) ? Buffer.from(text).toString('latin1') : text;
}

function int32(value: number): string {
  return int16(value >>> 16) + int16(value);
}

function int16(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}
