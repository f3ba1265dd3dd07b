import { type Field, fieldTypeRule } from '@formwork/registry';

/**
 * One part of a unique key, of its JSON text, so that equal values have equal texts: those that Postgres takes for equal
 * (`formwork.key_part`, sql/002). `isFolded`: without regard to case, as far as it is a text.
 */
export function keyText({ type }: Pick<Field, 'type'>, text: string, isFolded: boolean): string {
  if (type === 'decimal' || type === 'currency') return withoutZeros(text);
  return isFolded && fieldTypeRule(type).encoding === 'folded' ? fold(text) : text;
}

/** Of the one number in the text, those that end its fraction. */
function withoutZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=,|$)/, '$1').replace(/\.(?=,|$)/, '');
}

const upper = 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄІЈЉЊЋЏҐĐŁØŦĦŊÆŒ';
const lower = 'αβγδεζηθικλμνξοπρστυφχψωσабвгдежзийклмнопрстуфхцчшщъыьэюяђєіјљњћџґđłøŧħŋæœ';
const lowered = new Map([...upper].map((letter, index) => [letter, [...lower][index] ?? letter]));

/** As `formwork.fold` with accents: whatever the two disagree on would be one key here and two there. */
function fold(text: string): string {
  let folded = '';
  for (const letter of text.normalize('NFKD'))
    folded += lowered.get(letter) ?? (letter >= 'A' && letter <= 'Z' ? letter.toLowerCase() : letter);
  return folded.normalize('NFKC');
}
