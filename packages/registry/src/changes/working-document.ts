import type { EntityDocument, FieldDocument, KeyDocument, RegistryDocument } from '../document.ts';
import type { Registry } from '../model.ts';
import type { RoleDocument } from '../roles/role-document.ts';
import { toDocument } from '../to-document.ts';

/** The parts of a document that changes write to. They are objects of their own, known by their identity. */
export type WorkingEntity = {
  -readonly [Name in keyof Omit<EntityDocument, 'fields' | 'keys'>]: EntityDocument[Name];
} & { fields: WorkingField[]; keys: WorkingKey[] };

export type WorkingField = { -readonly [Name in keyof FieldDocument]: FieldDocument[Name] };

export type WorkingKey = { -readonly [Name in keyof KeyDocument]: KeyDocument[Name] };

export type WorkingThing = WorkingEntity | WorkingField | WorkingKey | RoleDocument;

export interface WorkingDocument {
  entities: WorkingEntity[];
  roles: RegistryDocument['roles'];
  /** What was there before, by its storage key. */
  readonly storageKeys: ReadonlyMap<WorkingThing, string>;
  /** Fields that are being filled, which nobody can have used. */
  readonly unserved: ReadonlySet<WorkingThing>;
}

export function toWorkingDocument(registry: Registry | null): WorkingDocument {
  const storageKeys = new Map<WorkingThing, string>();
  const unserved = new Set<WorkingThing>();
  const document: Pick<RegistryDocument, 'entities' | 'roles'> = registry
    ? toDocument(registry)
    : { entities: [] };
  const entities = document.entities.map((given) => {
    const entity = toWorkingEntity(given);
    const known = registry?.entityByKey.get(entity.key);
    if (known) storageKeys.set(entity, known.storageKey);
    for (const field of entity.fields) {
      const today = known?.allFields.find((one) => one.key === field.key);
      if (today) storageKeys.set(field, today.storageKey);
      if (today?.conversion?.state === 'filling') unserved.add(field);
    }
    return entity;
  });
  return { entities, roles: document.roles, storageKeys, unserved };
}

export function toWorkingEntity(document: EntityDocument): WorkingEntity {
  const { fields, keys = [] } = document;
  return {
    ...document,
    fields: fields.map((field) => ({ ...field })),
    keys: keys.map((key) => ({ ...key })),
  };
}

export function fromWorkingDocument({ entities, roles }: WorkingDocument): RegistryDocument {
  return {
    formwork: 1,
    entities: entities.map(({ keys, ...entity }) => ({ ...entity, ...(keys.length > 0 && { keys }) })),
    ...(roles && { roles }),
  };
}
