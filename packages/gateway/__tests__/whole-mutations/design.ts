import { warehouse } from '../warehouse.ts';

/** Beside the warehouse: values of all kinds, a formula, a rollup, and a default that is copied. */
export const warehouseWithKits = {
  ...warehouse,
  entities: [
    ...warehouse.entities,
    {
      key: 'part',
      fields: [
        { key: 'name', type: 'text', required: true, options: { maxLength: 20 } },
        { key: 'price', type: 'decimal', options: { precision: 10, scale: 2 } },
        { key: 'cost', type: 'currency' },
        { key: 'weight', type: 'number', default: 1.5 },
        { key: 'made', type: 'datetime' },
        { key: 'sizes', type: 'multi_select', options: { choices: [{ key: 'small' }, { key: 'large' }] } },
        { key: 'about', type: 'json' },
        { key: 'twice', type: 'formula', options: { expression: 'price * 2' } },
        { key: 'kit', type: 'link', options: { target: 'kit', inverse: 'parts', onDelete: 'restrict' } },
        { key: 'label', type: 'text', default: { from: 'kit.name' } },
      ],
    },
    {
      key: 'kit',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'total', type: 'rollup', options: { via: 'parts', function: 'sum', field: 'price' } },
      ],
    },
  ],
};
