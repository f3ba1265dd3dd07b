import type { FieldType } from '../document.ts';
import type { Draft, DraftEntity, DraftField } from '../draft.ts';
import { groupBy } from '../group-by.ts';
import type { ResolvedInverse } from '../inverses.ts';
import type { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import { type ComputedScope, isComputed, type ScopeEntity, type ScopeField } from './computed-scope.ts';
import { formulaLimits } from './formula-limits.ts';
import { measure } from './measure.ts';
import { ComputedResolver } from './resolve-computed.ts';
import { whole } from './resolved-field.ts';

/** The type of what each computed field gives, by keys of entity and field. */
export type ResultTypes = ReadonlyMap<string, ReadonlyMap<string, FieldType>>;

/** Lookups, formulas and rollups speak of fields that are there, fit together, and go in no circle. */
export function checkComputed(
  draft: Draft,
  inverses: readonly ResolvedInverse[],
  problems: ProblemList,
): ResultTypes {
  const paths = new Map<ScopeField, string>();
  const scope = scopeOf(draft, inverses, paths);
  const types = new Map<string, Map<string, FieldType>>();
  const resolver = new ComputedResolver(scope, (_, field, { code, option, message }) => {
    problems.add(code, `${paths.get(field)}.options.${option}`, message);
  });
  for (const { key, path } of draft.entities) {
    const entity = scope.entities.get(key);
    const computed = entity ? [...entity.fields.values()].filter(isReadable) : [];
    const typesOfEntity = new Map<string, FieldType>();
    types.set(key, typesOfEntity);
    let parts = 0;
    for (const field of computed) {
      const resolved = entity ? resolver.resolve(entity, field) : null;
      parts += resolved === null ? 0 : measure(whole(resolved)).parts;
      if (resolved !== null) typesOfEntity.set(field.key, resolved.type);
    }
    if (parts > formulaLimits.entityParts) {
      const message = `The computed fields of ${quote(key)} come to ${parts} parts; at most ${formulaLimits.entityParts} are allowed.`;
      problems.add('LIMIT_EXCEEDED', `${path}.fields`, message);
    }
  }
  return types;
}

/** One whose options could be read: otherwise there is a problem already. */
function isReadable({ type, options }: ScopeField): boolean {
  switch (type) {
    case 'formula':
      return options.expression !== undefined;
    case 'lookup':
      return options.via !== undefined && options.field !== undefined;
    case 'rollup':
      return (
        options.via !== undefined &&
        options.function !== undefined &&
        (options.function === 'count' || options.field !== undefined)
      );
    default:
      return false;
  }
}

function scopeOf(
  { entities }: Draft,
  inverses: readonly ResolvedInverse[],
  paths: Map<ScopeField, string>,
): ComputedScope {
  const waysBack = groupBy(inverses, ({ target }) => target);
  // Of several with one key the first counts, as everywhere.
  const inReverse = [...entities].reverse();
  const scoped = inReverse.map(
    (entity) => [entity.key, scopeEntity(entity, waysBack.get(entity.key) ?? [], paths)] as const,
  );
  return { entities: new Map(scoped) };
}

function scopeEntity(
  { key, fields }: DraftEntity,
  waysBack: readonly ResolvedInverse[],
  paths: Map<ScopeField, string>,
): ScopeEntity {
  const scoped = [...fields].reverse().map((field) => {
    const one = scopeField(field);
    paths.set(one, field.path);
    return [field.key, one] as const;
  });
  const inverses = waysBack.map(({ inverse, source, field }) => [inverse, { source, field }] as const);
  return { key, name: key, fields: new Map(scoped.reverse()), inverses: new Map(inverses) };
}

function scopeField({ key, document }: DraftField): ScopeField {
  const options = document?.options ?? {};
  const field = {
    key,
    name: key,
    type: document?.type ?? null,
    options,
    choices: [],
    slot: null,
    linkSlot: null,
  };
  return isComputed(field) && !isReadable(field) ? { ...field, type: null } : field;
}
