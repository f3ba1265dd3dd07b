import type { EntityDocument, FieldDocument, RegistryDocument } from '@formwork/registry';

/** The tenant of these tests: an airline, as design.md shows it, with a key, a link and a slot of several kinds. */
export const airline: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      label: 'Airport',
      fields: [
        { key: 'iata', label: 'IATA code', type: 'text', required: true, unique: true },
        { key: 'city', type: 'text', indexed: true },
        { key: 'elevation', type: 'integer' },
      ],
    },
    {
      key: 'flight',
      label: 'Flight',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'departs_at', type: 'datetime', indexed: true },
        { key: 'origin', type: 'link', options: { target: 'airport', inverse: 'departures' } },
        { key: 'status', type: 'select', options: { choices: [{ key: 'planned' }, { key: 'flown' }] } },
        { key: 'fare', type: 'currency' },
        { key: 'alternates', type: 'links', options: { target: 'airport', inverse: 'alternate_of' } },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'] }],
    },
  ],
};

/** The airline with one entity made anew. */
export function withEntity(
  key: string,
  change: (entity: EntityDocument) => EntityDocument,
): RegistryDocument {
  return {
    ...airline,
    entities: airline.entities.map((entity) => (entity.key === key ? change(entity) : entity)),
  };
}

/** The airline with one field of an entity changed, added, or (null) removed. */
export function withField(
  entityKey: string,
  key: string,
  change: Partial<FieldDocument> | null,
): RegistryDocument {
  return withEntity(entityKey, (entity) => {
    const field = entity.fields.find((one) => one.key === key) ?? ({ key } as FieldDocument);
    const changed = change === null ? [] : [{ ...field, ...change }];
    return entity.fields.includes(field)
      ? { ...entity, fields: entity.fields.flatMap((one) => (one === field ? changed : [one])) }
      : { ...entity, fields: [...entity.fields, ...changed] };
  });
}
