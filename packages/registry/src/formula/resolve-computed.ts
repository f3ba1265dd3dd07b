import type { Choice, FieldType } from '../document.ts';
import { quote } from '../quote.ts';
import { checkFormula, type Link, type Operand, OperandRefusal, type Operands } from './check-formula.ts';
import { checkLookup } from './check-lookup.ts';
import type { Computation, Computed, FormulaType } from './computation.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import { FormulaError } from './formula-error.ts';
import { formulaLimits } from './formula-limits.ts';
import { measure } from './measure.ts';
import { operandTypeOf } from './operand-types.ts';
import { parseFormula } from './parse-formula.ts';
import { fieldsOnPath, referencesOf, targetOf } from './references.ts';

/** What is known of a computed field whose definition makes sense. */
export interface ResolvedField extends Computed {
  /** Of a formula, what it is inside another one; of a lookup null: that is up to the field that it shows. */
  readonly formulaType: FormulaType | null;
  readonly choices: readonly Choice[];
  /** How many computed fields stand behind each other. */
  readonly level: number;
}

/** Told of each field that makes no sense; `option` says where. */
export type ReportComputed = (
  entity: ScopeEntity,
  field: ScopeField,
  problem: {
    readonly code: string;
    readonly option: 'expression' | 'via' | 'field';
    readonly message: string;
  },
) => void;

/**
 * Resolves the computed fields of all entities, each once, those that it uses before it. A field that uses one with a
 * problem is left unresolved without a problem of its own.
 */
export class ComputedResolver implements Operands {
  readonly #scope: ComputedScope;
  readonly #report: ReportComputed;
  /** Null: has a problem, or uses one that has. */
  readonly #resolved = new Map<ScopeField, ResolvedField | null>();
  /** Being resolved, from the one that was asked for to the one that it needs. */
  readonly #open: { readonly entity: ScopeEntity; readonly field: ScopeField }[] = [];

  constructor(scope: ComputedScope, report: ReportComputed) {
    this.#scope = scope;
    this.#report = report;
  }

  resolve(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const known = this.#resolved.get(field);
    if (known !== undefined) {
      return known;
    }
    if (this.#isCircle(entity, field) || this.#isTooLong(entity, field)) {
      return null;
    }
    this.#open.push({ entity, field });
    const resolved = field.type === 'lookup' ? this.#lookup(entity, field) : this.#formula(entity, field);
    this.#open.pop();
    // A circle found further in has settled it.
    const settled = this.#resolved.get(field) === null ? null : this.#bounded(entity, field, resolved);
    this.#resolved.set(field, settled);
    return settled;
  }

  #isCircle(entity: ScopeEntity, field: ScopeField): boolean {
    const start = this.#open.findIndex((open) => open.field === field);
    if (start < 0) {
      return false;
    }
    const circle = this.#open.slice(start);
    const names = [...circle, { entity, field }].map((one) => `"${one.entity.key}.${one.field.key}"`);
    const way =
      circle.length === 1
        ? 'refers to itself.'
        : `refers to itself in a circle: ${names.join(' → ')}. Take one of them out.`;
    for (const one of circle) {
      this.#resolved.set(one.field, null);
    }
    this.#problem(entity, field, 'CIRCULAR', `${titleOf(field)} ${way}`);
    return true;
  }

  #isTooLong(entity: ScopeEntity, field: ScopeField): boolean {
    const isTooLong = this.#open.length >= formulaLimits.levels;
    if (isTooLong) {
      this.#refuseLevels(entity, field);
      this.#resolved.set(field, null);
    }
    return isTooLong;
  }

  #refuseLevels(entity: ScopeEntity, field: ScopeField): void {
    const message = `${titleOf(field)} stands in a row of more than ${formulaLimits.levels} computed fields that use each other. Use fewer.`;
    this.#problem(entity, field, 'LIMIT_EXCEEDED', message);
  }

  #lookup(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const ends = checkLookup(this.#scope, entity, field, this.#report);
    const link = ends && this.link(entity, ends.via.name);
    if (!ends || !link) {
      return null;
    }
    const { target, shown, type } = ends;
    if (!isComputed(shown)) {
      const value = {
        kind: 'field',
        field: shown.name,
        fieldType: type,
        slot: shown.slot,
        as: 'column',
      } as const;
      const isChosen = type === 'select' || type === 'multi_select';
      return {
        type: type === 'autonumber' ? 'integer' : type,
        value: link.through(value),
        source: isChosen ? { entity: target.key, field: shown.key } : null,
        formulaType: null,
        choices: shown.choices,
        level: 1,
      };
    }
    const inner = this.resolve(target, shown);
    return inner && { ...inner, formulaType: null, value: link.through(inner.value), level: inner.level + 1 };
  }

  #formula(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const expression = field.options.expression ?? '';
    try {
      const level = this.#resolveUsed(entity, expression);
      if (level === null) {
        return null;
      }
      const { type, value } = checkFormula(expression, entity, this);
      return { type: fieldTypeOf(type), value, source: null, formulaType: type, choices: [], level };
    } catch (error) {
      if (!(error instanceof FormulaError)) {
        throw error;
      }
      this.#problem(entity, field, error.code, `${titleOf(field)}: ${error.message}`);
      return null;
    }
  }

  /** Before the expression is checked, which goes deep by itself: its own level, or null where one is unresolved. */
  #resolveUsed(entity: ScopeEntity, expression: string): number | null {
    let level = 1;
    for (const { path } of referencesOf(parseFormula(expression))) {
      const names = path.map(({ name }) => name);
      const [owner, used] = fieldsOnPath(this.#scope, entity, names).at(-1) ?? [];
      if (!owner || !used) {
        continue;
      }
      const inner = isComputed(used) ? this.resolve(owner, used) : undefined;
      if (used.type === null || inner === null) {
        return null;
      }
      level = Math.max(level, 1 + (inner?.level ?? 0));
    }
    return level;
  }

  #bounded(entity: ScopeEntity, field: ScopeField, resolved: ResolvedField | null): ResolvedField | null {
    if (resolved === null) {
      return null;
    }
    if (resolved.level > formulaLimits.levels) {
      this.#refuseLevels(entity, field);
      return null;
    }
    const { parts, links, linkDepth } = measure(resolved.value);
    const excess = [
      { count: linkDepth, most: formulaLimits.links, unit: 'links behind each other' },
      { count: links, most: formulaLimits.wholeLinks, unit: 'links' },
      { count: parts, most: formulaLimits.wholeParts, unit: 'parts' },
    ].find(({ count, most }) => count > most);
    if (excess === undefined) {
      return resolved;
    }
    const message = `${titleOf(field)}, with the computed fields that it uses, comes to ${excess.count} ${excess.unit}; at most ${excess.most} are allowed.`;
    this.#problem(entity, field, 'LIMIT_EXCEEDED', message);
    return null;
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
    if (field?.type === 'formula') {
      return this.#formulaOperand(field, part);
    }
    if (field?.type === 'lookup') {
      const { via = '', field: shown = '' } = field.options;
      const link = this.link(entity, via);
      if (link === null) throw new Error(`The lookup "${field.key}" was used before it was checked`);
      const { type, value } = this.operand(link.target, shown, part);
      return { type, value: link.through(value) };
    }
    if (!field?.type) throw new Error(`The field "${name}" was used before it was checked`);
    const { type, as } = operandTypeOf(field.key, field.type, part);
    return { type, value: { kind: 'field', field: field.name, fieldType: field.type, slot: field.slot, as } };
  }

  #formulaOperand(field: ScopeField, part: string | null): Operand {
    const resolved = this.#resolved.get(field);
    if (!resolved?.formulaType) throw new Error(`The formula "${field.key}" was used before it was checked`);
    if (part !== null) {
      throw new OperandRefusal(`is a formula and has no ${quote(part)}`, '');
    }
    return { type: resolved.formulaType, value: resolved.value };
  }

  #problem(entity: ScopeEntity, field: ScopeField, code: string, message: string): void {
    this.#report(entity, field, { code, option: field.type === 'lookup' ? 'field' : 'expression', message });
  }
}

export function isComputed<F extends Pick<ScopeField, 'type'>>(
  field: F,
): field is F & { type: 'lookup' | 'formula' } {
  return field.type === 'lookup' || field.type === 'formula';
}

function titleOf({ type, key }: ScopeField): string {
  return type === 'lookup' ? `The lookup ${quote(key)}` : `The formula ${quote(key)}`;
}

function fieldTypeOf(type: FormulaType): FieldType {
  return type === 'number' || type === 'null' ? 'decimal' : type;
}
