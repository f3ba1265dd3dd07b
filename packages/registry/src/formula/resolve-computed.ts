import { didYouMean } from '../did-you-mean.ts';
import type { Choice, FieldType, RollupFunction } from '../document.ts';
import { quote } from '../quote.ts';
import { checkFormula, type Link, type Operand, OperandRefusal, type Operands } from './check-formula.ts';
import { checkLookup } from './check-lookup.ts';
import { findRollupSource, rollupType } from './check-rollup.ts';
import type {
  Computation,
  Computed,
  FieldComputation,
  FormulaType,
  RollupComputation,
} from './computation.ts';
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

type ComputedOption = 'expression' | 'via' | 'field' | 'stored' | 'function' | 'filter';

/** Told of each field that makes no sense; `option` says where. */
export type ReportComputed = (
  entity: ScopeEntity,
  field: ScopeField,
  problem: {
    readonly code: string;
    readonly option: ComputedOption;
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
    const resolved = this.#resolveNew(entity, field);
    this.#open.pop();
    // A circle found further in has settled it.
    const settled = this.#resolved.get(field) === null ? null : this.#bounded(entity, field, resolved);
    this.#resolved.set(field, settled);
    return settled;
  }

  #resolveNew(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    switch (field.type) {
      case 'lookup':
        return this.#lookup(entity, field);
      case 'rollup':
        return this.#rollup(entity, field);
      default:
        return this.#formula(entity, field);
    }
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
        stored: null,
        formulaType: null,
        choices: shown.choices,
        level: 1,
      };
    }
    const inner = this.resolve(target, shown);
    return (
      inner && {
        ...inner,
        formulaType: null,
        stored: null,
        value: link.through(inner.value),
        level: inner.level + 1,
      }
    );
  }

  #rollup(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const source = findRollupSource(this.#scope, entity, field, this.#report);
    const { function: how = 'count', field: name, filter } = field.options;
    if (source === null) {
      return null;
    }
    const of =
      name === undefined ? counted : this.#rolled(entity, field, { source: source.entity, name, how });
    const condition = filter === undefined ? unfiltered : this.#filter(entity, field, source.entity, filter);
    if (of === null || condition === null) {
      return null;
    }
    const stored: RollupComputation = {
      kind: 'rollup',
      function: how,
      way: source.way,
      rolled: of.rolled,
      filter: condition.value,
    };
    const value = storedValue(field, of.type);
    const level = 1 + Math.max(of.level, condition.level);
    return { type: of.type, value, stored, source: null, formulaType: null, choices: [], level };
  }

  /** What is rolled up, and what that gives. */
  #rolled(entity: ScopeEntity, rollup: ScopeField, { source, name, how }: RolledField): Rolled | null {
    const refuse = (code: string, option: ComputedOption, message: string): null => {
      this.#report(entity, rollup, { code, option, message: `${titleOf(rollup)} ${message}` });
      return null;
    };
    const rolled = source.fields.get(name);
    if (rolled === undefined) {
      const hint = didYouMean(name, source.fields.keys());
      const message = `rolls up ${quote(name)}, and ${quote(source.key)} has no such field.${hint}`;
      return refuse('FIELD_MISSING', 'field', message);
    }
    const resolved = isComputed(rolled) ? this.resolve(source, rolled) : undefined;
    if (rolled.type === null || resolved === null) {
      return null;
    }
    if (resolved?.stored === null) {
      const way = rolled.type === 'formula' ? ' Make it a stored formula: "stored": true.' : '';
      const message = `rolls up ${quote(name)}, which is computed when it is read.${way}`;
      return refuse('NOT_SUPPORTED', 'field', message);
    }
    const valueType = resolved?.type ?? rolled.type;
    const type = rollupType(how, valueType);
    if (type === null) {
      const message = `is to give the ${how} of ${quote(name)}, and values of type "${valueType}" have none.`;
      return refuse('NOT_SUPPORTED', 'function', message);
    }
    return { rolled: { field: rolled.name, type: valueType }, type, level: resolved?.level ?? 0 };
  }

  /** The condition of a rollup. */
  #filter(entity: ScopeEntity, rollup: ScopeField, source: ScopeEntity, filter: string): Filter | null {
    const refuse = (code: string, message: string): null => {
      this.#report(entity, rollup, { code, option: 'filter', message: `${titleOf(rollup)}: ${message}` });
      return null;
    };
    try {
      const level = this.#resolveUsed(source, filter);
      if (level === null) {
        return null;
      }
      const { type, value } = checkFormula(filter, source, this);
      if (type !== 'boolean') {
        return refuse('EXPRESSION_INVALID', `The filter must be true or false, as "status != 'cancelled'".`);
      }
      const reason = notOwn(value);
      return reason === null ? { value, level } : refuse('NOT_SUPPORTED', `The filter ${reason}`);
    } catch (error) {
      if (!(error instanceof FormulaError)) {
        throw error;
      }
      return refuse(error.code, error.message);
    }
  }

  #formula(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const expression = field.options.expression ?? '';
    try {
      const level = this.#resolveUsed(entity, expression);
      if (level === null) {
        return null;
      }
      const { type: formulaType, value } = checkFormula(expression, entity, this);
      const type = fieldTypeOf(formulaType);
      const resolved = { type, value, source: null, stored: null, formulaType, choices: [], level };
      return field.options.stored ? this.#stored(entity, field, resolved) : resolved;
    } catch (error) {
      if (!(error instanceof FormulaError)) {
        throw error;
      }
      this.#problem(entity, field, error.code, `${titleOf(field)}: ${error.message}`);
      return null;
    }
  }

  #stored(entity: ScopeEntity, field: ScopeField, formula: ResolvedField): ResolvedField | null {
    const { type, value } = formula;
    const reason = notOwn(value);
    if (reason !== null) {
      const message = `${titleOf(field)} cannot be stored: it ${reason} Remove "stored".`;
      this.#report(entity, field, { code: 'NOT_SUPPORTED', option: 'stored', message });
      return null;
    }
    return { ...formula, value: storedValue(field, type), stored: { kind: 'formula', value } };
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
    const { parts, links, linkDepth } = measure(whole(resolved));
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
    if (field?.type === 'rollup') {
      const resolved = this.#resolved.get(field);
      if (!resolved) throw new Error(`The rollup "${field.key}" was used before it was checked`);
      const { type, as } = operandTypeOf(field.key, resolved.type, part);
      return { type, value: { ...storedValue(field, resolved.type), as } };
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
    const value =
      resolved.stored === null
        ? resolved.value
        : { ...storedValue(field, resolved.type), as: 'operand' as const };
    return { type: resolved.formulaType, value };
  }

  #problem(entity: ScopeEntity, field: ScopeField, code: string, message: string): void {
    const option =
      field.type === 'formula' ? 'expression' : field.options.field === undefined ? 'filter' : 'field';
    this.#report(entity, field, { code, option, message });
  }
}

export function isComputed<F extends Pick<ScopeField, 'type'>>(
  field: F,
): field is F & { type: 'lookup' | 'formula' | 'rollup' } {
  return field.type === 'lookup' || field.type === 'formula' || field.type === 'rollup';
}

function titleOf({ type, key }: ScopeField): string {
  return `The ${type ?? 'field'} ${quote(key)}`;
}

interface RolledField {
  readonly source: ScopeEntity;
  readonly name: string;
  readonly how: RollupFunction;
}

interface Rolled {
  readonly rolled: RollupComputation['rolled'];
  readonly type: FieldType;
  readonly level: number;
}

const counted: Rolled = { rolled: null, type: 'integer', level: 0 };

interface Filter {
  readonly value: Computation | null;
  readonly level: number;
}

const unfiltered: Filter = { value: null, level: 0 };

/** What is stored is read as any other field. */
function storedValue({ name, slot }: ScopeField, type: FieldType): FieldComputation {
  return { kind: 'field', field: name, fieldType: type, slot, as: 'column' };
}

/** All that is computed for a value, whether on writing or on reading. */
export function whole({ value, stored }: ResolvedField): Computation {
  return (stored?.kind === 'formula' ? stored.value : stored?.filter) ?? value;
}

/** Why a value cannot be kept: it would change without a write to its record. Null where it can. */
function notOwn(value: Computation): string | null {
  switch (value.kind) {
    case 'through':
      return 'reads other records: it can use what stands in the record itself, its rollups among it.';
    case 'call':
      return value.name === 'now' || value.name === 'today'
        ? `uses ${value.name}(), and so changes with time.`
        : (value.arguments.map(notOwn).find((reason) => reason !== null) ?? null);
    default:
      return null;
  }
}

function fieldTypeOf(type: FormulaType): FieldType {
  return type === 'number' || type === 'null' ? 'decimal' : type;
}
