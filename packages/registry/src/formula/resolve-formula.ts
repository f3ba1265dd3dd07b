import type { FieldType } from '../document.ts';
import type { FormulaType } from './computation.ts';
import type { ScopeEntity, ScopeField } from './computed-scope.ts';
import { resolveExpression } from './resolve-expression.ts';
import { type Resolution, type ResolvedField, titleOf } from './resolved-field.ts';
import { reasonNotToStore, storedValue } from './stored-value.ts';

export function resolveFormula(
  resolution: Resolution,
  entity: ScopeEntity,
  formula: ScopeField,
): ResolvedField | null {
  const { expression = '', stored } = formula.options;
  const checked = resolveExpression(resolution, entity, expression, (code, message) => {
    resolution.report(entity, formula, {
      code,
      option: 'expression',
      message: `${titleOf(formula)}: ${message}`,
    });
    return null;
  });
  if (checked === null) {
    return null;
  }
  const { type: formulaType, value, level } = checked;
  const type = fieldTypeOf(formulaType);
  const computed = { type, value, source: null, stored: null, formulaType, choices: [], level };
  if (!stored) {
    return computed;
  }
  const reason = reasonNotToStore(value);
  if (reason !== null) {
    const message = `${titleOf(formula)} cannot be stored: it ${reason} Remove "stored".`;
    resolution.report(entity, formula, { code: 'NOT_SUPPORTED', option: 'stored', message });
    return null;
  }
  return { ...computed, value: storedValue(formula, type), stored: { kind: 'formula', value } };
}

function fieldTypeOf(type: FormulaType): FieldType {
  return type === 'number' || type === 'null' ? 'decimal' : type;
}
