import { literal } from '@formwork/pg/sql-text';
import type { Computation, Entity, Field, FieldType } from '@formwork/registry';
import { compileComputation } from '../formula/compile-computation.ts';
import { type GeneratedFunction, generateFunction } from './generated-function.ts';
import { ownFields, withoutSlots } from './own-fields.ts';
import { toJson } from './to-json.ts';

/** A formula whose value is stored. */
export interface StoredFormula {
  readonly field: Field;
  readonly type: FieldType;
  readonly value: Computation;
}

/** The stored formulas of an entity, those that others read before them; the trigger computes them in this order. */
export function storedFormulas({ fields }: Entity): readonly StoredFormula[] {
  const formulas = fields.flatMap((field): StoredFormula[] => {
    const { stored, type } = field.computed ?? {};
    return stored?.kind === 'formula' && type !== undefined
      ? [{ field, type, value: withoutSlots(stored.value) }]
      : [];
  });
  const byKey = new Map(formulas.map((formula) => [formula.field.storageKey, formula]));
  const inOrder = new Set<StoredFormula>();
  const add = (formula: StoredFormula): void => {
    for (const key of ownFields(formula.value)) {
      const used = byKey.get(key);
      if (used !== undefined && !inOrder.has(used)) add(used);
    }
    inOrder.add(formula);
  };
  // By storage key, so that tenants of one shape share the function whatever the order of their fields.
  for (const key of [...byKey.keys()].sort()) {
    const formula = byKey.get(key);
    if (formula && !inOrder.has(formula)) add(formula);
  }
  return [...inOrder];
}

/** SQL for the JSON of a stored formula over `data`; null where it has no value. */
export function formulaJson({ type, value }: StoredFormula): string {
  return toJson(compileComputation(value), type);
}

/** The function from the data of a record to its stored formulas, or null where the entity has none. */
export function compileFormulas(entity: Entity): GeneratedFunction | null {
  const formulas = storedFormulas(entity);
  if (formulas.length === 0) return null;
  const steps = formulas.map((formula) => {
    const object = `jsonb_build_object(${literal(formula.field.storageKey)}, ${formulaJson(formula)})`;
    return `  step := jsonb_strip_nulls(${object});\n  data := data || step;\n  computed := computed || step;\n`;
  });
  const body = `declare\n  step jsonb;\n  computed jsonb := '{}';\nbegin\n${steps.join('')}  return computed;\nend`;
  return generateFunction([['data', 'jsonb']], 'jsonb', body);
}
