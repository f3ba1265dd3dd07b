import { checkLookup } from './check-lookup.ts';
import type { Computation } from './computation.ts';
import { isComputed, type ScopeEntity, type ScopeField } from './computed-scope.ts';
import type { Resolution, ResolvedField } from './resolved-field.ts';

/** What a lookup shows: a stored field behind its link, or what a computed one there comes to. */
export function resolveLookup(
  { scope, operands, report, resolve }: Resolution,
  entity: ScopeEntity,
  lookup: ScopeField,
): ResolvedField | null {
  const ends = checkLookup(scope, entity, lookup, report);
  const link = ends && operands.link(entity, ends.via.name);
  if (!ends || !link) {
    return null;
  }
  const { target, shown, type } = ends;
  if (isComputed(shown)) {
    const inner = resolve(target, shown);
    const value = inner && link.through(inner.value);
    return inner && value && { ...inner, value, stored: null, formulaType: null, level: inner.level + 1 };
  }
  const value: Computation = {
    kind: 'field',
    field: shown.name,
    fieldType: type,
    slot: shown.slot,
    as: 'column',
  };
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
