import { didYouMean } from '../did-you-mean.ts';
import { assertNever } from '../field-types.ts';
import { quote } from '../quote.ts';
import type { Computation, FormulaType } from './computation.ts';
import type { ScopeEntity } from './computed-scope.ts';
import { FormulaError } from './formula-error.ts';
import { checkFunction, type Raise } from './functions.ts';
import { checkOperator } from './operators.ts';
import { parseFormula } from './parse-formula.ts';
import type { Reference, ReferenceStep, Syntax } from './syntax.ts';
import { call, type Typed } from './typed.ts';

/** Says what a field of an entity is inside a formula. `part` is what follows its name: "amount" of money. */
export interface Operands {
  /** Throws where it has no type that formulas know. */
  operand(entity: ScopeEntity, name: string, part: string | null): Operand;
  /** The link under a name, and where it leads; null where it is no link to one. */
  link(entity: ScopeEntity, name: string): Link | null;
}

export interface Operand {
  readonly type: FormulaType;
  readonly value: Computation;
}

export interface Link {
  readonly target: ScopeEntity;
  readonly through: (value: Computation) => Computation;
}

/** A reason why a field cannot be an operand, as the end of a sentence that begins with its name. */
export class OperandRefusal extends Error {
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(reason);
    this.hint = hint;
  }
}

/** The type of an expression over the fields of an entity, and how it is computed. Throws `FormulaError`. */
export function checkFormula(expression: string, entity: ScopeEntity, operands: Operands): Typed {
  const raise: Raise = (what, at, hint, code) => new FormulaError(what, expression, at, hint, code);
  const checked = new Checker(entity, operands, raise).check(parseFormula(expression));
  if (checked.type === 'null') {
    throw raise('The expression is always null', checked.at);
  }
  return call('result', checked.type, [checked], checked.at);
}

class Checker {
  readonly #entity: ScopeEntity;
  readonly #operands: Operands;
  readonly #raise: Raise;

  constructor(entity: ScopeEntity, operands: Operands, raise: Raise) {
    this.#entity = entity;
    this.#operands = operands;
    this.#raise = raise;
  }

  check(syntax: Syntax): Typed {
    switch (syntax.kind) {
      case 'number':
        return constant(syntax.text.includes('.') ? 'number' : 'integer', syntax);
      case 'text':
      case 'boolean':
        return constant(syntax.kind, syntax);
      case 'null':
        return { type: 'null', value: { kind: 'constant', type: 'null', text: null }, at: syntax.at };
      case 'reference':
        return { ...this.#follow(this.#entity, syntax, 0), at: syntax.at };
      case 'call': {
        const parts = syntax.arguments.map((part) => this.check(part));
        const check = syntax.isOperator ? checkOperator : checkFunction;
        return check(syntax.name, parts, syntax.at, this.#raise);
      }
      default:
        return assertNever(syntax);
    }
  }

  /** The value at the end of a path, from its place on. */
  #follow(entity: ScopeEntity, { path, at }: Reference, place: number): Operand {
    const step = path[place] as ReferenceStep;
    const field = entity.fields.get(step.name);
    if (field === undefined) {
      throw this.#unknown(entity, step, place > 0);
    }
    const link = this.#operands.link(entity, step.name);
    if (link !== null && path.length > place + 1) {
      const { type, value } = this.#follow(link.target, { kind: 'reference', path, at }, place + 1);
      return { type, value: link.through(value) };
    }
    const [part, beyond] = path.slice(place + 1);
    if (beyond !== undefined) {
      throw this.#raise(`${quote(step.name)} leads nowhere: it is no link`, step.start);
    }
    try {
      return this.#operands.operand(entity, step.name, part?.name ?? null);
    } catch (error) {
      if (error instanceof OperandRefusal) {
        throw this.#raise(`The field ${quote(step.name)} ${error.message}`, step.start, error.hint);
      }
      throw error;
    }
  }

  #unknown(entity: ScopeEntity, { name, start }: ReferenceStep, isFar: boolean): Error {
    const where = isFar ? ` of ${quote(entity.key)}` : '';
    const hint = didYouMean(name, entity.fields.keys());
    return this.#raise(`Unknown field ${quote(name)}${where}`, start, hint, 'FIELD_MISSING');
  }
}

function constant(type: FormulaType, { text, at }: { readonly text: string; readonly at: number }): Typed {
  return { type, value: { kind: 'constant', type, text }, at };
}
