import type { FieldDocument, RegistryDocument } from '@formwork/registry';

/** Every mechanism that reads or writes rows by itself: rollups, stored formulas, search, numbers, keys, links. */
export const trade: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'buyer',
      searchable: ['name', 'story'],
      fields: [
        { key: 'name', type: 'text', required: true, indexed: true },
        { key: 'code', type: 'text', unique: true },
        { key: 'story', type: 'long_text' },
        { key: 'number', type: 'autonumber' },
        { key: 'extra', type: 'json' },
        { key: 'due', type: 'rollup', options: { via: 'orders', function: 'sum', field: 'total' } },
        { key: 'order_count', type: 'rollup', options: { via: 'orders', function: 'count' }, indexed: true },
      ],
    },
    {
      key: 'order',
      softDelete: true,
      searchable: ['title'],
      fields: [
        { key: 'title', type: 'text', indexed: true },
        { key: 'code', type: 'text', unique: true },
        { key: 'number', type: 'autonumber' },
        { key: 'price', type: 'integer', indexed: true },
        { key: 'pieces', type: 'integer', default: 1 },
        { key: 'total', type: 'formula', options: { expression: 'price * pieces', stored: true } },
        { key: 'state', type: 'select', options: { choices: [{ key: 'open' }, { key: 'done' }] } },
        { key: 'buyer', type: 'link', options: { target: 'buyer', inverse: 'orders', onDelete: 'set_null' } },
        { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'orders' } },
        { key: 'buyer_name', type: 'lookup', options: { via: 'buyer', field: 'name' } },
      ],
    },
    {
      key: 'tag',
      fields: [
        { key: 'word', type: 'text', unique: true, required: true },
        { key: 'uses', type: 'rollup', options: { via: 'orders', function: 'count' } },
      ],
    },
  ],
};

const secret = (key: string, marker: string): FieldDocument => ({
  key,
  type: 'text',
  unique: true,
  label: `${marker}_label`,
  description: `${marker}_description`,
});

/** Names like those of `trade` that mean something else; what is its own says so by a marker. */
export function lookalike(marker: string): RegistryDocument {
  return {
    formwork: 1,
    entities: [
      {
        key: 'buyer',
        searchable: ['code'],
        fields: [
          { key: 'code', type: 'text', unique: true },
          { key: 'number', type: 'integer', indexed: true },
          {
            key: 'name',
            type: 'link',
            options: { target: 'order', inverse: 'buyers', onDelete: 'set_null' },
          },
          secret(`${marker}_code`, marker),
        ],
      },
      {
        key: 'order',
        fields: [
          { key: 'title', type: 'integer', indexed: true },
          { key: 'code', type: 'text', unique: true },
          {
            key: 'state',
            type: 'select',
            options: { choices: [{ key: 'open' }, { key: `${marker}_state` }] },
          },
        ],
      },
      { key: `${marker}_vault`, label: `${marker}_label`, fields: [secret('code', marker)] },
    ],
  };
}

/** Nothing in common with the others. */
export function apart(marker: string): RegistryDocument {
  return {
    formwork: 1,
    entities: [
      {
        key: `${marker}_quarry`,
        plural: `${marker}_quarries`,
        searchable: ['name'],
        fields: [
          { key: 'name', type: 'text', indexed: true },
          { key: 'code', type: 'text', unique: true },
          { key: `${marker}_depth`, type: 'integer', indexed: true },
        ],
      },
    ],
  };
}
