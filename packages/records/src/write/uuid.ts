import { randomFillSync } from 'node:crypto';

/** Drawn for many ids at once, as text: to ask for eight bytes costs as much as to ask for thousands. */
const bytes = Buffer.alloc(8 * 512);
let pool = '';
let drawn = 0;

/** In hexadecimal. */
const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

let lastMillisecond = 0;
let counter = 0;
/** The first two groups, which say the millisecond. */
let clock = '';

/**
 * A time-ordered UUID (RFC 9562, version 7). Made here, a record's id is known before it is inserted, so that one
 * message to Postgres can insert it, link it and read it back. Ids of one process ascend: the 12 bits behind the
 * clock count (method 1 of section 6.2), so rows of one bulk write keep their order in the default order, by id.
 */
export function uuidv7(): string {
  const now = Date.now();
  if (now > lastMillisecond) tick(now);
  // A bulk write makes more than 4,096 a millisecond: borrow from the future, as the RFC allows.
  else if (++counter > 0xfff) tick(lastMillisecond + 1);
  const at = draw();
  const count = `${byteTexts[0x70 | (counter >> 8)]}${byteTexts[counter & 0xff]}`;
  return `${clock}-${count}-${pool.slice(at, at + 4)}-${pool.slice(at + 4, at + 16)}`;
}

function tick(millisecond: number): void {
  lastMillisecond = millisecond;
  counter = 0;
  const hex = millisecond.toString(16).padStart(12, '0');
  clock = `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Where in the pool the variant and 62 random bits stand that nobody had before. */
function draw(): number {
  if (drawn === pool.length) {
    randomFillSync(bytes);
    for (let at = 0; at < bytes.length; at += 8) bytes[at] = 0x80 | ((bytes[at] as number) & 0x3f);
    pool = bytes.toString('hex');
    drawn = 0;
  }
  drawn += 16;
  return drawn - 16;
}
