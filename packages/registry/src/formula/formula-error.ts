/** An expression that makes no sense, and where: thrown inside this directory, a problem outside of it. */
export class FormulaError extends Error {
  readonly code: FormulaErrorCode;

  constructor(
    what: string,
    expression: string,
    offset: number,
    hint = '',
    code: FormulaErrorCode = 'EXPRESSION_INVALID',
  ) {
    super(`${what} (character ${characterAt(expression, offset)}).${hint}`);
    this.name = 'FormulaError';
    this.code = code;
  }
}

export type FormulaErrorCode = 'EXPRESSION_INVALID' | 'FIELD_MISSING' | 'LIMIT_EXCEEDED';

/** As a person counts: from one, and a character outside the basic plane is one. */
function characterAt(expression: string, offset: number): number {
  return [...expression.slice(0, offset)].length + 1;
}
