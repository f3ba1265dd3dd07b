/** One message of Postgres' extended protocol as text and parameters; what it looks like in bytes is known here alone. */
export type Frame =
  | { readonly kind: 'parse'; readonly name: string; readonly text: string }
  | { readonly kind: 'run'; readonly name: string; readonly values: readonly (string | null)[] }
  | { readonly kind: 'close'; readonly name: string };

/** Execute of the unnamed portal, all rows. */
const execute = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

/**
 * The frames and a Sync in one piece, so that one write takes them to the socket: node-postgres writes each by itself.
 * Names are ours and ASCII. A "run" is Bind and Execute, with parameters and results as text.
 */
export function encode(frames: readonly Frame[]): Buffer {
  const lengths: number[] = [];
  let size = sync.length;
  for (const frame of frames) size += measure(frame, lengths);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  let next = 0;
  for (const frame of frames) {
    if (frame.kind === 'run') {
      at = writeRun(bytes, at, frame, lengths, next);
      next += frame.values.length + 1;
    } else {
      at = writeStatement(bytes, at, frame, lengths[next] as number);
      next += 1;
    }
  }
  sync.copy(bytes, at);
  return bytes;
}

/** Bytes of a frame with its code; notes that of the message without it, and then those of its parameters. */
function measure(frame: Frame, lengths: number[]): number {
  const { length } = frame.name;
  if (frame.kind === 'close') return note(lengths, 4 + 1 + length + 1);
  if (frame.kind === 'parse') return note(lengths, 4 + length + 1 + Buffer.byteLength(frame.text) + 1 + 2);
  const place = lengths.push(0) - 1;
  let size = 4 + 1 + length + 1 + 2 + 2 + 2;
  for (const value of frame.values) {
    const bytes = value === null ? -1 : Buffer.byteLength(value);
    lengths.push(bytes);
    size += 4 + Math.max(0, bytes);
  }
  lengths[place] = size;
  return size + 1 + execute.length;
}

function note(lengths: number[], size: number): number {
  lengths.push(size);
  return size + 1;
}

function writeStatement(
  bytes: Buffer,
  start: number,
  frame: Exclude<Frame, { kind: 'run' }>,
  size: number,
): number {
  let at = start;
  bytes[at++] = frame.kind === 'parse' ? 0x50 : 0x43;
  at = bytes.writeInt32BE(size, at);
  if (frame.kind === 'close') bytes[at++] = 0x53;
  at = writeText(bytes, at, frame.name);
  if (frame.kind === 'close') return at;
  at = writeText(bytes, at, frame.text);
  // Types of parameters: none are told, casts in the text say them.
  return bytes.writeInt16BE(0, at);
}

function writeRun(
  bytes: Buffer,
  start: number,
  { name, values }: Extract<Frame, { kind: 'run' }>,
  lengths: readonly number[],
  first: number,
): number {
  let at = start;
  bytes[at++] = 0x42;
  at = bytes.writeInt32BE(lengths[first] as number, at);
  bytes[at++] = 0;
  at = writeText(bytes, at, name);
  // Formats of parameters: all of them text.
  at = bytes.writeInt16BE(0, at);
  at = bytes.writeUInt16BE(values.length, at);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as string | null;
    at = bytes.writeInt32BE(lengths[first + 1 + index] as number, at);
    if (value !== null) at += bytes.write(value, at);
  }
  at = bytes.writeInt16BE(0, at);
  return at + execute.copy(bytes, at);
}

function writeText(bytes: Buffer, at: number, text: string): number {
  const end = at + bytes.write(text, at);
  bytes[end] = 0;
  return end + 1;
}
