import { quote } from '../quote.ts';
import { FormulaError } from './formula-error.ts';

/** A piece of an expression. `start` and `end` are offsets into it. */
export interface Token {
  /** name: `price`; quoted: `[and]`; symbol: an operator or punctuation. */
  readonly kind: 'number' | 'text' | 'name' | 'quoted' | 'symbol' | 'end';
  /** The text that is meant: a name without its brackets, a text without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const space = /[ \t\r\n]+/y;
const number = /\d+(?:\.\d+)?/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const bracketed = /\[([a-z][a-z0-9_]*)\]/y;
/** A quote inside a text is written twice. Each character is looked at once: no way back, so no blow-up. */
const texts = { '"': /"((?:[^"]|"")*)"/y, "'": /'((?:[^']|'')*)'/y } as const;
const symbol = /<=|>=|<>|!=|[-+*/%&=<>(),.]/y;
const mostDigits = 38;

/** Takes an expression apart; the last token is always the end. */
export function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(space, expression, at)?.[0].length ?? 0;
    if (at >= expression.length) {
      return [...tokens, { kind: 'end', text: '', start: at, end: at }];
    }
    const token = readToken(expression, at);
    tokens.push(token);
    at = token.end;
  }
}

function readToken(expression: string, start: number): Token {
  const token = (kind: Token['kind'], found: RegExpExecArray, text = found[0]): Token => ({
    kind,
    text,
    start,
    end: start + found[0].length,
  });
  const ofNumber = match(number, expression, start);
  if (ofNumber) {
    return token('number', ofNumber, numberText(ofNumber[0], expression, start));
  }
  const ofName = match(name, expression, start);
  if (ofName) {
    return token('name', ofName);
  }
  const first = expression[start];
  if (first === '"' || first === "'") {
    const ofText = match(texts[first], expression, start);
    if (!ofText) {
      throw new FormulaError(
        'A text is opened and never closed',
        expression,
        start,
        ` End it with ${first}.`,
      );
    }
    return token('text', ofText, (ofText[1] ?? '').replaceAll(first + first, first));
  }
  const ofBrackets = match(bracketed, expression, start);
  if (ofBrackets) {
    return token('quoted', ofBrackets, ofBrackets[1]);
  }
  const ofSymbol = match(symbol, expression, start);
  if (ofSymbol) {
    return token('symbol', ofSymbol);
  }
  throw unknownCharacter(expression, start);
}

function numberText(text: string, expression: string, start: number): string {
  if (text.replace('.', '').length > mostDigits) {
    throw new FormulaError(`A number has more than ${mostDigits} digits`, expression, start);
  }
  return text;
}

const hints: Readonly<Record<string, string>> = {
  '[': ' A field in brackets is written "[key]".',
  '|': ' Write "or", and "&" to join texts.',
  '^': ' There are no powers; multiply.',
  '!': ' Write "not", or "!=".',
  ';': ' Arguments are separated by ",".',
  '“': ' Write texts in straight quotes.',
  '”': ' Write texts in straight quotes.',
  '’': ' Write texts in straight quotes.',
};

function unknownCharacter(expression: string, start: number): FormulaError {
  const character = String.fromCodePoint(expression.codePointAt(start) ?? 0);
  const hint = Object.hasOwn(hints, character) ? hints[character] : '';
  return new FormulaError(`The character ${quote(character)} has no meaning`, expression, start, hint);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
