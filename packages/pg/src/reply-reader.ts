import type { Row } from './statement.ts';

/** An error as the server sends it, its fields under the names that node-postgres gives them. */
export type ServerError = Error & { [Name in (typeof fieldNames)[keyof typeof fieldNames]]?: string };

/** Transaction status as ReadyForQuery tells it: idle, in a transaction block, in a failed one. */
export type Status = 'I' | 'T' | 'E';

/** Who hears of what the server says. */
export interface Hearing {
  parsed(): void;
  row(row: Row): void;
  /** A statement is through; `tag`: what kind it was, "" for an empty one. */
  completed(tag: string): void;
  failed(error: ServerError): void;
  /** The server waits for rows of a COPY. One that would send some sends what is not known here. */
  copying(): void;
  ready(status: Status): void;
}

/**
 * Reads what a server answers to the extended protocol, in whatever pieces it comes. In place of node-postgres' own
 * reader, which makes an object and an event of each message: for a look-up by id that is a tenth of what a request
 * costs a gateway. Of a row it makes the texts of its columns and nothing else.
 */
export class ReplyReader {
  readonly #hearing: Hearing;
  /** Pieces of a message that is not whole yet. */
  #pieces: Buffer[] = [];
  #held = 0;
  /** Bytes that are needed before anything more can be read. */
  #needed = 0;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  /** @throws where this is no message of the protocol: nothing more can be read then */
  read(piece: Buffer): void {
    let bytes = piece;
    if (this.#held > 0) {
      this.#pieces.push(piece);
      this.#held += piece.length;
      // Put together once, however many pieces a long row comes in.
      if (this.#held < this.#needed) return;
      bytes = Buffer.concat(this.#pieces, this.#held);
      this.#pieces = [];
      this.#held = 0;
    }
    const text = bytes.length > longestText ? null : bytes.toString('latin1');
    let at = 0;
    while (at + header <= bytes.length) {
      const size = int32(bytes, at + 1);
      if (size < 4) throw new Error('The server has sent something that is no message');
      const end = at + 1 + size;
      if (end > bytes.length) {
        assertKnown(bytes[at]);
        this.#hold(bytes, at, 1 + size);
        return;
      }
      this.#message(bytes, text, at, end);
      at = end;
    }
    if (at < bytes.length) this.#hold(bytes, at, header);
  }

  #hold(bytes: Buffer, at: number, needed: number): void {
    this.#pieces.push(at === 0 ? bytes : bytes.subarray(at));
    this.#held = bytes.length - at;
    this.#needed = needed;
  }

  #message(bytes: Buffer, text: string | null, at: number, end: number): void {
    const start = at + header;
    switch (bytes[at]) {
      case code.dataRow:
        this.#hearing.row(readRow(bytes, text?.substring(start, end), start, end));
        return;
      case code.commandComplete:
        this.#hearing.completed(text?.substring(start, end - 1) ?? bytes.toString(utf8, start, end - 1));
        return;
      case code.readyForQuery:
        this.#hearing.ready(String.fromCharCode(bytes[start] as number) as Status);
        return;
      case code.parseComplete:
        this.#hearing.parsed();
        return;
      case code.emptyQuery:
        this.#hearing.completed('');
        return;
      case code.error:
        this.#hearing.failed(readError(bytes, start, end));
        return;
      case code.copyIn:
        this.#hearing.copying();
        return;
      default:
        assertKnown(bytes[at]);
    }
  }
}

/** Code and length. */
const header = 5;

/** What `toString` takes for UTF-8 without looking the name up. */
const utf8 = undefined;

const code = {
  dataRow: 0x44,
  commandComplete: 0x43,
  readyForQuery: 0x5a,
  parseComplete: 0x31,
  emptyQuery: 0x49,
  error: 0x45,
  copyIn: 0x47,
} as const;

/**
 * Those above; and passed over are BindComplete, CloseComplete, NoData, RowDescription, ParameterDescription,
 * PortalSuspended, notices, notifications and settings.
 */
const known = new Set([...Object.values(code), ...Buffer.from('23nTtsNAS')]);

/** Nobody waits for the end of something that is none. */
function assertKnown(kind: number | undefined): void {
  if (!known.has(kind as number)) throw new Error('The server has sent a message that is not known');
}

/** What `readInt32BE` gives, without its doubts: only bytes that are there are read. */
function int32(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** Bytes that are read as one text: of longer ones nobody should keep all for the sake of a part. */
const longestText = 8_192;

/** Anything that is not ASCII. */
const wide = /[\x80-\xff]/;

/**
 * What came at once and is short becomes one text, of which rows and columns are parts, else a short row does: to ask for
 * the text of each by itself costs as much again for each.
 */
function readRow(bytes: Buffer, known: string | undefined, start: number, end: number): Row {
  const columns = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
  const row: (string | null)[] = new Array(columns);
  const text = known ?? (end - start > longestText ? null : bytes.toString('latin1', start, end));
  // Lengths are bytes too, and may be the only ones that are not.
  const isPlain = text !== null && !wide.test(text);
  let at = start + 2;
  for (let column = 0; column < columns; column += 1) {
    const size = int32(bytes, at);
    at += 4;
    if (size < 0) {
      row[column] = null;
      continue;
    }
    const next = at + size;
    if (next > end) throw new Error('The server has sent a row that is longer than its message');
    const part = text?.substring(at - start, next - start);
    row[column] = part !== undefined && (isPlain || !wide.test(part)) ? part : bytes.toString(utf8, at, next);
    at = next;
  }
  return row;
}

/** Fields by their code, but for the message itself. */
const fieldNames = {
  S: 'severity',
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internalPosition',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  L: 'line',
  R: 'routine',
} as const;

function readError(bytes: Buffer, start: number, end: number): ServerError {
  const fields = bytes.toString(utf8, start, end).split('\0').filter(Boolean);
  const message = fields.find((field) => field.startsWith('M'))?.slice(1) ?? '';
  const error: ServerError = new Error(message);
  for (const field of fields) {
    const kind = field.charAt(0);
    if (Object.hasOwn(fieldNames, kind)) error[fieldNames[kind as keyof typeof fieldNames]] = field.slice(1);
  }
  return error;
}
