import { didYouMean } from '../did-you-mean.ts';
import type { FieldType } from '../document.ts';
import { quote } from '../quote.ts';
import { findRollupSource, rollupType } from './check-rollup.ts';
import type { Computation, RollupComputation } from './computation.ts';
import { isComputed, type ScopeEntity, type ScopeField } from './computed-scope.ts';
import { resolveExpression } from './resolve-expression.ts';
import { type ComputedOption, type Resolution, type ResolvedField, titleOf } from './resolved-field.ts';
import { reasonNotToStore, storedValue } from './stored-value.ts';

/** What a rollup keeps: of which records, which of their values, and under what condition. */
export function resolveRollup(
  resolution: Resolution,
  entity: ScopeEntity,
  rollup: ScopeField,
): ResolvedField | null {
  const source = findRollupSource(resolution.scope, entity, rollup, resolution.report);
  if (source === null) {
    return null;
  }
  const refuse: Refuse = (code, option, message) => {
    resolution.report(entity, rollup, { code, option, message: `${titleOf(rollup)}${message}` });
    return null;
  };
  const rolled = resolveRolled(resolution, source.entity, rollup, refuse);
  const filter = resolveFilter(resolution, source.entity, rollup, refuse);
  if (rolled === null || filter === null) {
    return null;
  }
  const { type } = rolled;
  const stored: RollupComputation = {
    kind: 'rollup',
    function: rollup.options.function ?? 'count',
    way: source.way,
    rolled: rolled.rolled,
    filter: filter.value,
  };
  const value = storedValue(rollup, type);
  const level = 1 + Math.max(rolled.level, filter.level);
  return { type, value, stored, source: null, formulaType: null, choices: [], level };
}

type Refuse = (code: string, option: ComputedOption, message: string) => null;

interface Rolled {
  readonly rolled: RollupComputation['rolled'];
  readonly type: FieldType;
  readonly level: number;
}

/** The field that is rolled up, and what the function makes of it. */
function resolveRolled(
  { resolve }: Resolution,
  source: ScopeEntity,
  { options: { function: how = 'count', field: name } }: ScopeField,
  refuse: Refuse,
): Rolled | null {
  if (name === undefined) {
    return { rolled: null, type: 'integer', level: 0 };
  }
  const rolled = source.fields.get(name);
  if (rolled === undefined) {
    const hint = didYouMean(name, source.fields.keys());
    const message = ` rolls up ${quote(name)}, and ${quote(source.key)} has no such field.${hint}`;
    return refuse('FIELD_MISSING', 'field', message);
  }
  const resolved = isComputed(rolled) ? resolve(source, rolled) : undefined;
  if (rolled.type === null || resolved === null) {
    return null;
  }
  if (resolved?.stored === null) {
    const way = rolled.type === 'formula' ? ' Make it a stored formula: "stored": true.' : '';
    const message = ` rolls up ${quote(name)}, which is computed when it is read.${way}`;
    return refuse('NOT_SUPPORTED', 'field', message);
  }
  const valueType = resolved?.type ?? rolled.type;
  const type = rollupType(how, valueType);
  if (type === null) {
    const message = ` is to give the ${how} of ${quote(name)}, and values of type "${valueType}" have none.`;
    return refuse('NOT_SUPPORTED', 'function', message);
  }
  return { rolled: { field: rolled.name, type: valueType }, type, level: resolved?.level ?? 0 };
}

interface Filter {
  readonly value: Computation | null;
  readonly level: number;
}

/** The condition under which a record counts. */
function resolveFilter(
  resolution: Resolution,
  source: ScopeEntity,
  { options: { filter } }: ScopeField,
  refuse: Refuse,
): Filter | null {
  if (filter === undefined) {
    return { value: null, level: 0 };
  }
  const refuseFilter = (code: string, message: string) => refuse(code, 'filter', `: ${message}`);
  const checked = resolveExpression(resolution, source, filter, refuseFilter);
  if (checked === null) {
    return null;
  }
  const { type, value, level } = checked;
  if (type !== 'boolean') {
    const message = `The filter must be true or false, as "status != 'cancelled'".`;
    return refuseFilter('EXPRESSION_INVALID', message);
  }
  const reason = reasonNotToStore(value);
  return reason === null ? { value, level } : refuseFilter('NOT_SUPPORTED', `The filter ${reason}`);
}
