import { parseDecimal } from '@formwork/registry';

/** Whole numbers of a request's JSON that a double does not hold: as they were written, by what became of them. */
export type LostDigits = ReadonlyMap<number, string>;

/** Of 15 digits and fewer a double holds every number. */
const manyDigits = /\d{16}/;
const textOrNumber = /"|-?\d{16,}/g;

/**
 * What `JSON.parse` does not tell. Null where nothing is lost; requests with so many digits in a row are rare, and the others
 * cost no more than that look.
 */
export function findLostDigits(json: string): LostDigits | null {
  if (!manyDigits.test(json)) return null;
  const lost = new Map<number, string>();
  textOrNumber.lastIndex = 0;
  for (let found = textOrNumber.exec(json); found !== null; found = textOrNumber.exec(json)) {
    const [text] = found;
    if (text === '"') textOrNumber.lastIndex = endOfText(json, found.index);
    else if (isWhole(json, found.index, text) && isChanged(text)) lost.set(Number(text), text);
  }
  return lost.size === 0 ? null : lost;
}

/** Behind the text that begins there. */
function endOfText(json: string, begin: number): number {
  for (let at = json.indexOf('"', begin + 1); at > 0; at = json.indexOf('"', at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return json.length;
}

/** What has a fraction or an exponent is meant as a double. */
function isWhole(json: string, begin: number, text: string): boolean {
  return !/[.eE+]/.test(json[begin - 1] ?? '') && !/[.eE]/.test(json[begin + text.length] ?? '');
}

/** A double that a client wrote out comes back as it was written. */
function isChanged(text: string): boolean {
  return parseDecimal(Number(text))?.text !== parseDecimal(text)?.text;
}
