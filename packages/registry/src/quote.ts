const longestQuote = 60;

/** A name or value from outside, in quotes, cut short, with everything that does not print written as an escape. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  const characters = [...text.slice(0, 2 * longestQuote)];
  const cut = characters.length > longestQuote || text.length > 2 * longestQuote;
  const shown = characters.slice(0, longestQuote).map(printable).join('');
  return `"${shown}${cut ? '…' : ''}"`;
}

/** What kind of JSON value it is, for messages: "an object", "null". */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') {
    return String(value);
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function printable(character: string): string {
  if (character === '"') {
    return '\\"';
  }
  // Control and format characters (text direction among them), lone surrogates, unassigned and private characters.
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
    ? `\\u{${character.codePointAt(0)?.toString(16)}}`
    : character;
}
