import { isDeepStrictEqual } from 'node:util';
import { type Entity, type Field, type Registry, toDocument } from '@formwork/registry';
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
      const key = keyOf(entity, field);
      return !isDeepStrictEqual(was.get(key), is.get(key));
    };
    return [null, ...entity.fields].filter(differs).map((field) => ({ entity, field }));
  });
}

/** What the designer wrote of each, by storage keys. */
function documentsOf(registry: Registry): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { fields, ...written } of toDocument(registry).entities) {
    const entity = registry.entityByKey.get(written.key);
    if (!entity) continue;
    found.set(keyOf(entity, null), written);
    for (const field of fields) {
      found.set(keyOf(entity, entity.fieldByKey.get(field.key) ?? null), field);
    }
  }
  return found;
}

function keyOf(entity: Entity, field: Field | null): string {
  return `${entity.storageKey}.${field?.storageKey ?? ''}`;
}
