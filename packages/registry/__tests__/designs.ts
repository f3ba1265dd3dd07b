import {
  createRegistry,
  type EntityDocument,
  type FieldDocument,
  type Problem,
  type Registry,
  type RegistryDocument,
  type RegistryOptions,
} from '@formwork/registry';

/** Airports and flights: every kind of key, link and slot. */
export const airline: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      label: 'Airport',
      fields: [
        { key: 'iata', label: 'IATA code', type: 'text', required: true, unique: true },
        { key: 'city', type: 'text', indexed: true },
        { key: 'elevation', type: 'integer', indexed: true },
      ],
      searchable: ['city'],
    },
    {
      key: 'flight',
      softDelete: true,
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'departs_at', type: 'datetime', required: true, indexed: true },
        {
          key: 'origin',
          type: 'link',
          required: true,
          options: { target: 'airport', inverse: 'departures' },
        },
        {
          key: 'destination',
          type: 'link',
          options: { target: 'airport', inverse: 'arrivals', onDelete: 'cascade' },
        },
        {
          key: 'status',
          type: 'select',
          default: 'planned',
          options: {
            choices: [{ key: 'planned' }, { key: 'in_the_air', label: 'In the air' }, { key: 'landed' }],
            initial: ['planned'],
            transitions: { planned: ['in_the_air'], in_the_air: ['landed'] },
          },
        },
        { key: 'fare', type: 'currency', options: { min: '0', scale: 2, currencies: ['EUR', 'USD'] } },
        { key: 'alternates', type: 'links', options: { target: 'airport', inverse: null } },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'], caseInsensitive: true }],
    },
  ],
};

/** A document of one entity "thing" with these fields. */
export function documentWith(
  fields: readonly unknown[],
  more: Partial<EntityDocument> = {},
): RegistryDocument {
  return { formwork: 1, entities: [{ key: 'thing', fields: fields as readonly FieldDocument[], ...more }] };
}

export function documentOf(...entities: readonly unknown[]): RegistryDocument {
  return { formwork: 1, entities: entities as readonly EntityDocument[] };
}

export function problemsOf(document: unknown, options?: RegistryOptions): readonly Problem[] {
  const result = createRegistry(document as RegistryDocument, options);
  return 'problems' in result ? result.problems : [];
}

/** "CODE at path" of each problem, which is what most tests are about. */
export function codesOf(document: unknown, options?: RegistryOptions): readonly string[] {
  return problemsOf(document, options).map(({ code, path }) => `${code} at ${path}`);
}

export function registryOf(document: RegistryDocument, options?: RegistryOptions): Registry {
  const result = createRegistry(document, options);
  if ('problems' in result) {
    throw new Error(JSON.stringify(result.problems, null, 2));
  }
  return result.registry;
}

export function entityOf(registry: Registry, key = 'thing') {
  const entity = registry.entityByKey.get(key);
  if (entity === undefined) {
    throw new Error(`no entity "${key}"`);
  }
  return entity;
}

/** "key:slot" of the fields and keys of an entity, "+" where it is still filling. */
export function slotsOf(registry: Registry, key = 'thing'): readonly string[] {
  const { fields, keys } = entityOf(registry, key);
  return [...fields, ...keys].flatMap(({ key: name, slot }) =>
    slot === null ? [] : `${name}:${slot.column}${slot.state === 'filling' ? '+' : ''}`,
  );
}

/** The document with changes made to a deep copy of it. */
export function changed(
  document: RegistryDocument,
  change: (copy: Mutable<RegistryDocument>) => void,
): RegistryDocument {
  const copy = structuredClone(document) as Mutable<RegistryDocument>;
  change(copy);
  return copy as RegistryDocument;
}

export type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

/** The entity of a mutable document, for changes. */
export function entityIn(document: Mutable<RegistryDocument>, key: string): Mutable<EntityDocument> {
  const entity = document.entities.find((one) => one.key === key);
  if (entity === undefined) {
    throw new Error(`no entity "${key}"`);
  }
  return entity;
}
