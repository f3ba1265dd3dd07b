import type { Draft, DraftEntity, DraftField } from '../draft.ts';
import type { ProblemList } from '../problem-list.ts';
import { quote } from '../quote.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import { formulaLimits } from './formula-limits.ts';
import { measure } from './measure.ts';
import { ComputedResolver, isComputed } from './resolve-computed.ts';

/** Lookups and formulas speak of fields that are there, fit together, and go in no circle. */
export function checkComputed(draft: Draft, problems: ProblemList): void {
  const paths = new Map<ScopeField, string>();
  const scope = scopeOf(draft, paths);
  const resolver = new ComputedResolver(scope, (_, field, { code, option, message }) => {
    problems.add(code, `${paths.get(field)}.options.${option}`, message);
  });
  for (const { key, path } of draft.entities) {
    const entity = scope.entities.get(key);
    const computed = entity ? [...entity.fields.values()].filter(isReadable) : [];
    let parts = 0;
    for (const field of computed) {
      const resolved = entity ? resolver.resolve(entity, field) : null;
      parts += resolved === null ? 0 : measure(resolved.value).parts;
    }
    if (parts > formulaLimits.entityParts) {
      const message = `The computed fields of ${quote(key)} come to ${parts} parts; at most ${formulaLimits.entityParts} are allowed.`;
      problems.add('LIMIT_EXCEEDED', `${path}.fields`, message);
    }
  }
}

/** One whose options could be read: otherwise there is a problem already. */
function isReadable({ type, options }: ScopeField): boolean {
  return type === 'formula'
    ? options.expression !== undefined
    : type === 'lookup' && options.via !== undefined && options.field !== undefined;
}

function scopeOf({ entities }: Draft, paths: Map<ScopeField, string>): ComputedScope {
  // Of several with one key the first counts, as everywhere.
  const inReverse = [...entities].reverse();
  return { entities: new Map(inReverse.map((entity) => [entity.key, scopeEntity(entity, paths)])) };
}

function scopeEntity({ key, fields }: DraftEntity, paths: Map<ScopeField, string>): ScopeEntity {
  const scoped = [...fields].reverse().map((field) => {
    const one = scopeField(field);
    paths.set(one, field.path);
    return [field.key, one] as const;
  });
  return { key, name: key, fields: new Map(scoped.reverse()) };
}

function scopeField({ key, document }: DraftField): ScopeField {
  const options = document?.options ?? {};
  const field = { key, name: key, type: document?.type ?? null, options, choices: [], slot: null };
  return isComputed(field) && !isReadable(field) ? { ...field, type: null } : field;
}
