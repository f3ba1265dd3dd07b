import { quote } from '../quote.ts';
import { FormulaError } from './formula-error.ts';
import { formulaLimits } from './formula-limits.ts';
import { type Token, tokenize } from './lexer.ts';
import type { Call, Constant, Reference, ReferenceStep, Syntax } from './syntax.ts';

/** Words that are no fields; a field of that key is written in brackets. */
export const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'true', 'false', 'null']);

/** How tightly an operator between two values binds. */
const powers: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '=': 4,
  '!=': 4,
  '<>': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '&': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};
const notPower = 3;
const comparisonPower = 4;
const minusPower = 8;

/** Reads an expression. Throws a `FormulaError` that says where it goes wrong. */
export function parseFormula(expression: string): Syntax {
  if (expression.length > formulaLimits.length) {
    const what = `The expression has more than ${formulaLimits.length} characters: it ends`;
    throw new FormulaError(what, expression, formulaLimits.length, '', 'LIMIT_EXCEEDED');
  }
  return new Parser(expression).parse();
}

/** A Pratt parser: each operator knows how tightly it binds, so there is one function for all of them. */
class Parser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #place = 0;
  #parts = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  parse(): Syntax {
    if (this.#peek().kind === 'end') {
      throw this.#error('The expression is empty: a value is missing', this.#peek());
    }
    const syntax = this.#readExpression(0, 1);
    if (this.#peek().kind !== 'end') {
      throw this.#error(`${show(this.#peek())} is not expected`, this.#peek(), hintFor(this.#peek()));
    }
    return syntax;
  }

  #peek(): Token {
    return this.#tokens[this.#place] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#place += 1;
    return token;
  }

  #isSymbol(text: string): boolean {
    return this.#peek().kind === 'symbol' && this.#peek().text === text;
  }

  #expect(symbol: string): void {
    if (!this.#isSymbol(symbol)) {
      throw this.#error(`"${symbol}" is expected instead of ${show(this.#peek())}`, this.#peek());
    }
    this.#take();
  }

  #readExpression(power: number, depth: number): Syntax {
    let left = this.#readValue(depth);
    for (;;) {
      const operator = operatorOf(this.#peek());
      const binds = operator === null ? 0 : (powers[operator] ?? 0);
      if (operator === null || binds <= power) {
        return left;
      }
      const token = this.#take();
      const right = this.#readExpression(binds, depth + 1);
      left = this.#call(operator === '<>' ? '!=' : operator, true, [left, right], token);
      const after = operatorOf(this.#peek());
      if (binds === comparisonPower && after !== null && powers[after] === comparisonPower) {
        throw this.#error('Two comparisons stand in a row', this.#peek(), ' Join them with "and".');
      }
    }
  }

  #readValue(depth: number): Syntax {
    if (depth > formulaLimits.depth) {
      const what = `The expression is nested more than ${formulaLimits.depth} levels deep`;
      throw this.#error(what, this.#peek(), '', 'LIMIT_EXCEEDED');
    }
    const token = this.#take();
    switch (token.kind) {
      case 'number':
      case 'text':
        return this.#constant(token.kind, token);
      case 'quoted':
        return this.#readReference(token);
      case 'name':
        return this.#readName(token, depth);
      case 'symbol':
        return this.#readPrefix(token, depth);
      case 'end':
        throw this.#error('A value is missing', token);
    }
  }

  #readPrefix(token: Token, depth: number): Syntax {
    if (token.text === '(') {
      const inner = this.#readExpression(0, depth + 1);
      this.#expect(')');
      return inner;
    }
    if (token.text === '-') {
      return this.#call('negate', true, [this.#readExpression(minusPower, depth + 1)], token);
    }
    throw this.#error(`A value is expected instead of ${show(token)}`, token);
  }

  #readName(token: Token, depth: number): Syntax {
    if (this.#isSymbol('(') && !isWord(token, 'and', 'or', 'not')) {
      return this.#call(token.text.toLowerCase(), false, this.#readArguments(depth), token);
    }
    switch (token.text.toLowerCase()) {
      case 'true':
      case 'false':
        return this.#constant('boolean', token);
      case 'null':
        return this.#constant('null', token);
      case 'not':
        return this.#call('not', true, [this.#readExpression(notPower, depth + 1)], token);
      case 'and':
      case 'or':
        throw this.#error(`A value is expected instead of ${show(token)}`, token);
      default:
        return this.#readReference(token);
    }
  }

  #readArguments(depth: number): readonly Syntax[] {
    this.#expect('(');
    const list: Syntax[] = [];
    if (!this.#isSymbol(')')) {
      list.push(this.#readExpression(0, depth + 1));
      while (this.#isSymbol(',')) {
        this.#take();
        list.push(this.#readExpression(0, depth + 1));
      }
    }
    if (!this.#isSymbol(')')) {
      throw this.#error(`"," or ")" is expected instead of ${show(this.#peek())}`, this.#peek());
    }
    this.#take();
    return list;
  }

  #readReference(first: Token): Reference {
    const path: ReferenceStep[] = [step(first)];
    while (this.#isSymbol('.')) {
      this.#take();
      const token = this.#take();
      if (token.kind !== 'name' && token.kind !== 'quoted') {
        throw this.#error(`The key of a field is expected instead of ${show(token)}`, token);
      }
      path.push(step(token));
    }
    this.#count(first);
    return { kind: 'reference', path, at: first.start };
  }

  #constant(kind: Constant['kind'], token: Token): Constant {
    this.#count(token);
    const text = kind === 'text' || kind === 'number' ? token.text : token.text.toLowerCase();
    return { kind, text, at: token.start };
  }

  #call(name: string, isOperator: boolean, list: readonly Syntax[], { start: at }: Token): Call {
    this.#count({ start: at });
    return { kind: 'call', name, isOperator, arguments: list, at };
  }

  #count(token: Pick<Token, 'start'>): void {
    this.#parts += 1;
    if (this.#parts > formulaLimits.parts) {
      const what = `The expression has more than ${formulaLimits.parts} parts, the last of them`;
      throw this.#error(what, token, ' Split it into several formulas.', 'LIMIT_EXCEEDED');
    }
  }

  #error(
    what: string,
    { start }: Pick<Token, 'start'>,
    hint = '',
    code?: FormulaError['code'],
  ): FormulaError {
    return new FormulaError(what, this.#expression, start, hint, code);
  }
}

function step({ text, start, end }: Token): ReferenceStep {
  return { name: text, start, end };
}

function operatorOf(token: Token): string | null {
  const word = token.kind === 'name' ? token.text.toLowerCase() : token.kind === 'symbol' ? token.text : '';
  return Object.hasOwn(powers, word) ? word : null;
}

function isWord(token: Token, ...words: readonly string[]): boolean {
  return words.includes(token.text.toLowerCase());
}

function show(token: Token): string {
  return token.kind === 'end' ? 'the end' : quote(token.text);
}

function hintFor(token: Token): string {
  return token.kind === 'symbol' && token.text === ')' ? ' There is no "(" for it.' : '';
}
