/**
 * Letters for random texts, few, so that values meet: cases, accents, letters of several characters, joining marks,
 * what SQL has a meaning for.
 */
export const awkwardLetters: readonly string[] = [
  ...['a', 'A', 'b', 'e', 'é', 'É', 'e\u0301', 'ß', 'ø', 'Ø', 'æ', 'σ', 'ς', 'Σ', 'Й', 'й'],
  ...['か', 'が', '\u3099', '\uff76', '\uff9e', '가', '\u1100', '\u1161', '\u11a8', '\u{1f600}'],
  ...['%', '_', '\\', "'", '"', ' ', '1', '$$', '{', '#'],
];

/** Of texts that have more than the 200 characters that a search key holds: only behind these do they differ. */
export const longBeginnings: readonly string[] = ['Long '.repeat(40), 'e\u0301'.repeat(205)];

/** Decimals that are one double, equal ones of different scale, and large and small ones. */
export const awkwardDecimals: readonly string[] = [
  ...['0', '-1.5', '0.1', '0.10', '0.10000000000000000001', '12345678901234567890', '12345678901234567891'],
  ...['7', '19.90', '-0.00000000000000000001'],
];
