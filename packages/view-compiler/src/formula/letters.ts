/**
 * Small and capital letters beyond ASCII: Latin, Greek and Cyrillic, those that are one character each and lead back to
 * each other. Written into views rather than left to the server's collations, which differ from version to version.
 */
const pairs = [...range(0xc0, 0x17f), ...range(0x386, 0x3ab), ...range(0x400, 0x42f), 0x490].flatMap(
  (code) => {
    const capital = String.fromCodePoint(code);
    const small = capital.toLowerCase();
    return small !== capital && small.length === 1 && small.toUpperCase() === capital
      ? [[small, capital]]
      : [];
  },
);

export const smallLetters = pairs.map(([small]) => small).join('');
export const capitalLetters = pairs.map(([, capital]) => capital).join('');

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
