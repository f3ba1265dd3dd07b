import { quote } from '../quote.ts';
import { type Link, type Operand, OperandRefusal, type Operands } from './check-formula.ts';
import type { Computation } from './computation.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import { operandTypeOf } from './operand-types.ts';
import { targetOf } from './references.ts';
import type { ResolvedField } from './resolved-field.ts';
import { storedValue } from './stored-value.ts';

/** What fields are inside formulas, computed ones too, as far as they are resolved. */
export class ComputedOperands implements Operands {
  readonly #scope: ComputedScope;
  readonly #resolved: ReadonlyMap<ScopeField, ResolvedField | null>;

  constructor(scope: ComputedScope, resolved: ReadonlyMap<ScopeField, ResolvedField | null>) {
    this.#scope = scope;
    this.#resolved = resolved;
  }

  link(entity: ScopeEntity, name: string): Link | null {
    const field = entity.fields.get(name);
    const target = targetOf(this.#scope, field);
    if (!field || !target) {
      return null;
    }
    const through = (value: Computation): Computation => ({
      kind: 'through',
      link: field.name,
      slot: field.slot,
      target: target.name,
      value,
    });
    return { target, through };
  }

  operand(entity: ScopeEntity, name: string, part: string | null): Operand {
    const field = entity.fields.get(name);
    if (!field?.type) throw new Error(`The field "${name}" was used before it was checked`);
    switch (field.type) {
      case 'formula':
        return this.#formula(field, part);
      case 'rollup':
        return this.#rollup(field, part);
      case 'lookup':
        return this.#lookup(entity, field, part);
      default: {
        const { type, as } = operandTypeOf(field.key, field.type, part);
        return { type, value: { ...storedValue(field, field.type), as } };
      }
    }
  }

  #formula(field: ScopeField, part: string | null): Operand {
    const resolved = this.#resolved.get(field);
    if (!resolved?.formulaType) throw new Error(`The formula "${field.key}" was used before it was checked`);
    if (part !== null) {
      throw new OperandRefusal(`is a formula and has no ${quote(part)}`, '');
    }
    const value: Computation =
      resolved.stored === null ? resolved.value : { ...storedValue(field, resolved.type), as: 'operand' };
    return { type: resolved.formulaType, value };
  }

  #rollup(field: ScopeField, part: string | null): Operand {
    const resolved = this.#resolved.get(field);
    if (!resolved) throw new Error(`The rollup "${field.key}" was used before it was checked`);
    const { type, as } = operandTypeOf(field.key, resolved.type, part);
    return { type, value: { ...storedValue(field, resolved.type), as } };
  }

  #lookup(entity: ScopeEntity, { key, options }: ScopeField, part: string | null): Operand {
    const { via = '', field: shown = '' } = options;
    const link = this.link(entity, via);
    if (link === null) throw new Error(`The lookup "${key}" was used before it was checked`);
    const { type, value } = this.operand(link.target, shown, part);
    return { type, value: link.through(value) };
  }
}
