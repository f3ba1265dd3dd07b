import {
  createRegistry,
  type Entity,
  type FieldDocument,
  type Registry,
  type RegistryDocument,
} from '@formwork/registry';

const choices = [{ key: 'small' }, { key: 'large' }];

/** One entity with a field of every type, and a second one to link to. `indexed` gives slots to all that can have one. */
export function everyType({ indexed }: { readonly indexed: boolean }): RegistryDocument {
  const index = indexed ? { indexed } : {};
  const fields: FieldDocument[] = [
    { key: 'text', type: 'text', ...index },
    { key: 'long_text', type: 'long_text' },
    { key: 'email', type: 'email', ...index },
    { key: 'url', type: 'url' },
    { key: 'phone', type: 'phone' },
    { key: 'integer', type: 'integer', ...index },
    { key: 'number', type: 'number', ...index },
    { key: 'decimal', type: 'decimal', ...index },
    { key: 'currency', type: 'currency', ...index },
    { key: 'percent', type: 'percent', ...index },
    { key: 'rating', type: 'rating', ...index },
    { key: 'boolean', type: 'boolean', ...index },
    { key: 'date', type: 'date', ...index },
    { key: 'datetime', type: 'datetime', ...index },
    { key: 'time', type: 'time', ...index },
    { key: 'duration', type: 'duration' },
    { key: 'select', type: 'select', ...index, options: { choices } },
    { key: 'multi_select', type: 'multi_select', options: { choices } },
    { key: 'json', type: 'json' },
    { key: 'serial', type: 'autonumber', ...index },
    { key: 'link', type: 'link', options: { target: 'other', inverse: null } },
    { key: 'links', type: 'links', options: { target: 'other', inverse: null } },
  ];
  return {
    formwork: 1,
    entities: [
      {
        key: 'thing',
        fields,
        ...(indexed && {
          keys: [{ key: 'by_text_and_date', fields: ['text', 'date'], caseInsensitive: true }],
        }),
      },
      { key: 'other', fields: [{ key: 'name', type: 'text', required: true }] },
    ],
  };
}

export function registryOf(
  document: RegistryDocument,
  options?: Parameters<typeof createRegistry>[1],
): Registry {
  const result = createRegistry(document, options);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.registry;
}

export function entityOf(registry: Registry, key = 'thing'): Entity {
  const entity = registry.entityByKey.get(key);
  if (entity === undefined) throw new Error(`There is no entity "${key}"`);
  return entity;
}
