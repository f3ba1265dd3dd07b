import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRegistry, type Registry, type RegistryDocument } from '@formwork/registry';

/** Airports and the flights between them. */
export const aviation: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      label: 'Airport',
      description: 'A place where flights begin and end.',
      fields: [
        {
          key: 'iata',
          label: 'IATA code',
          description: 'Three letters, as on a luggage tag.',
          type: 'text',
          required: true,
          unique: true,
          options: { pattern: '^[A-Z0-9]{3}$' },
        },
        { key: 'name', type: 'text', required: true },
        { key: 'city', type: 'text', indexed: true },
        { key: 'latitude', type: 'number' },
        { key: 'longitude', type: 'number' },
        {
          key: 'services',
          type: 'multi_select',
          options: { choices: [{ key: 'fuel' }, { key: 'customs', label: 'Customs office' }] },
        },
      ],
    },
    {
      key: 'flight',
      label: 'Flight',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'departs_at', type: 'datetime', required: true, indexed: true },
        { key: 'delay', label: 'Delay in minutes', type: 'integer' },
        {
          key: 'origin',
          type: 'link',
          required: true,
          options: { target: 'airport', inverse: 'departures', onDelete: 'restrict' },
        },
        {
          key: 'destination',
          type: 'link',
          required: true,
          options: { target: 'airport', inverse: 'arrivals' },
        },
        {
          key: 'status',
          type: 'select',
          options: {
            choices: [
              { key: 'planned', label: 'Planned' },
              { key: 'flown', label: 'Flown' },
            ],
            initial: ['planned'],
            transitions: { planned: ['flown'] },
          },
        },
        { key: 'alternates', type: 'links', options: { target: 'airport', inverse: 'alternate_of' } },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'] }],
    },
  ],
};

/** A shop in which every type of field occurs. */
export const everyType: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'category',
      plural: 'categories',
      label: 'Category',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'parent', type: 'link', options: { target: 'category', inverse: 'children' } },
      ],
    },
    {
      key: 'product',
      label: 'Product',
      description: 'What can be ordered.',
      fields: [
        { key: 'sku', label: 'SKU', type: 'text', required: true, unique: true },
        { key: 'description', type: 'long_text' },
        { key: 'price', type: 'currency', required: true, options: { currencies: ['EUR', 'USD'] } },
        { key: 'weight', label: 'Weight in kg', type: 'decimal', options: { scale: 3 } },
        { key: 'categories', type: 'links', options: { target: 'category', inverse: 'products' } },
        { key: 'rating', type: 'rating' },
        { key: 'discount', type: 'percent' },
        { key: 'available', type: 'boolean', default: true, required: true },
        { key: 'available_from', type: 'date' },
        { key: 'pickup_at', type: 'time' },
        { key: 'delivery_time', type: 'duration' },
        { key: 'web_page', type: 'url' },
        { key: 'attributes', type: 'json' },
      ],
    },
    {
      key: 'order',
      label: 'Order',
      fields: [
        { key: 'number', type: 'autonumber', unique: true },
        { key: 'email', type: 'email', required: true },
        { key: 'phone', type: 'phone' },
      ],
    },
    {
      key: 'order_item',
      label: 'Order item',
      fields: [
        {
          key: 'order',
          type: 'link',
          required: true,
          options: { target: 'order', inverse: 'items', onDelete: 'cascade' },
        },
        { key: 'product', type: 'link', required: true, options: { target: 'product', inverse: null } },
        { key: 'quantity', type: 'integer', required: true, default: 1, options: { min: 1 } },
      ],
      keys: [{ key: 'product_of_order', fields: ['order', 'product'] }],
    },
  ],
};

/** The design of a demo tenant. */
export function demo(name: 'aviation' | 'marketplace'): RegistryDocument {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../cli/templates', `${name}.json`), 'utf8'));
}

/** The registry of a document; throws with the problems if there are any. */
export function registryOf(document: RegistryDocument): Registry {
  const created = createRegistry(document);
  if ('problems' in created) throw new Error(JSON.stringify(created.problems, null, 2));
  return created.registry;
}
