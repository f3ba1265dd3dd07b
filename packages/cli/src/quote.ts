const longest = 80;

/** A name or value from outside in quotes, cut short, without anything that could move the terminal's cursor. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const characters = [...text.slice(0, 2 * longest)];
  const shown = characters.slice(0, longest).map(printable).join('');
  return `"${shown}${characters.length > longest ? '…' : ''}"`;
}

/** The names in quotes with commas between, the first of them where there are many. */
export function quoteList(names: readonly string[], most = 20): string {
  const shown = names.slice(0, most).map(quote).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function printable(character: string): string {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
    ? `\\u{${character.codePointAt(0)?.toString(16)}}`
    : character;
}
