const longestQuote = 60;

/** A value from outside in quotes, cut short, with everything that does not print written as an escape. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  const characters = [...text.slice(0, 2 * longestQuote)];
  const cut = characters.length > longestQuote || text.length > 2 * longestQuote;
  return `"${characters.slice(0, longestQuote).map(printable).join('')}${cut ? '…' : ''}"`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function printable(character: string): string {
  if (character === '"') return '\\"';
  // Control and format characters (text direction among them), lone surrogates, unassigned and private characters.
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
    ? `\\u{${character.codePointAt(0)?.toString(16)}}`
    : character;
}
