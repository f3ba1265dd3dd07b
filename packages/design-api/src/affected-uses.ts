import { isDeepStrictEqual } from 'node:util';
import { type Entity, type Field, type Registry, toDocument, type UniqueKey } from '@formwork/registry';
import type { CheckedChange, RecordedUse } from '@formwork/registry-store';
import { builder } from './builder.ts';
import { UseType, usesOf } from './use.ts';

/** That a client used something that is to change. */
export interface AffectedUse {
  /** Keys of today; `field` is null for the entity itself. */
  readonly entity: string;
  readonly field: string | null;
  readonly use: RecordedUse;
}

export const AffectedUseType = builder.objectRef<AffectedUse>('AffectedUse').implement({
  description: 'That a client used something that is to change.',
  fields: (t) => ({
    entity: t.exposeString('entity'),
    field: t.exposeString('field', { nullable: true, description: 'Null for the entity itself.' }),
    use: t.expose('use', { type: UseType }),
  }),
});

const day = 86_400_000;

/** Uses, within so many days, of what is different in the registry of then. */
export function findAffectedUses(
  { before, after }: Pick<CheckedChange, 'before' | 'after'>,
  uses: readonly RecordedUse[],
  days: number,
): readonly AffectedUse[] {
  if (before === null || after === null) return [];
  const since = Date.now() - days * day;
  const recent = uses.filter(({ lastUsedAt }) => lastUsedAt.getTime() > since);
  return affectedOf(before, after).flatMap(({ entity, field }) =>
    usesOf(recent, entity.storageKey, field?.storageKey ?? '').map((use) => ({
      ...{ entity: entity.key, use },
      field: field?.key ?? null,
    })),
  );
}

interface Place {
  readonly entity: Entity;
  readonly field: Field | null;
}

function affectedOf(before: Registry, after: Registry): readonly Place[] {
  const [was, is] = [documentsOf(before), documentsOf(after)];
  return before.entities.flatMap((entity): readonly Place[] => {
    const differs = (field: Field | null) => {
      const key = keyOf(entity, field?.storageKey);
      return !isDeepStrictEqual(was.get(key), is.get(key));
    };
    return [null, ...entity.fields].filter(differs).map((field) => ({ entity, field }));
  });
}

/** What the designer wrote of each, by storage keys: of a field also what else is about it alone. */
function documentsOf(registry: Registry): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { fields, ...written } of toDocument(registry).entities) {
    const entity = registry.entityByKey.get(written.key);
    if (!entity) continue;
    found.set(keyOf(entity), written);
    for (const [index, field] of entity.allFields.entries()) {
      const keys = entity.keys.filter((key) => key.fields.includes(field)).map(describeKey);
      const heirs = entity.allFields.filter(({ conversion }) => conversion?.from === field.storageKey);
      const others = heirs.map(({ storageKey }) => storageKey);
      found.set(keyOf(entity, field.storageKey), [fields[index], keys, others]);
    }
  }
  return found;
}

/** Whoever looks records up by a key uses its fields. */
function describeKey({ key, fields, nullsEqual, caseInsensitive }: UniqueKey): unknown {
  return [key, fields.map(({ storageKey }) => storageKey), nullsEqual, caseInsensitive];
}

function keyOf(entity: Entity, field = ''): string {
  return `${entity.storageKey}.${field}`;
}
