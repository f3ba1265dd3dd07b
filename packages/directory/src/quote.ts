const longest = 60;

/** Text from outside, in quotes, cut short and with whatever does not print as an escape. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  const shown = [...text.slice(0, longest)].map((character) =>
    /[\p{C}\p{Zl}\p{Zp}"\\]/u.test(character) ? JSON.stringify(character).slice(1, -1) : character,
  );
  return `"${shown.join('')}${text.length > longest ? '…' : ''}"`;
}
