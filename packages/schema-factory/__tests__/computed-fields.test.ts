import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldDocument, RegistryDocument } from '@formwork/registry';
import { validateSchema } from 'graphql';
import { buildGraphqlSchema, printTenantSchema } from '../src/index.ts';
import { registryOf } from './designs.ts';

const computed = (key: string, expression: string): FieldDocument => ({
  key,
  type: 'formula',
  options: { expression },
});
const shown = (field: string): FieldDocument => ({
  key: `thing_${field}`,
  type: 'lookup',
  options: { via: 'thing', field },
});

/** A formula of every type, and a lookup of every kind of field. */
const document: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: [
        { key: 'name', type: 'text' },
        { key: 'price', type: 'currency' },
        { key: 'state', type: 'select', options: { choices: [{ key: 'on' }, { key: 'off' }] } },
        { key: 'tags', type: 'multi_select', options: { choices: [{ key: 'new' }] } },
        { key: 'note', type: 'json' },
        { key: 'serial', type: 'autonumber' },
        { key: 'thing', type: 'link', options: { target: 'thing' } },
        { ...computed('whole', '1 + 1'), label: 'Whole', description: 'Two, always.' },
        computed('exact', 'price.amount / 3'),
        computed('label', 'name & state'),
        computed('is_cheap', 'price.amount < 5'),
        computed('tomorrow', 'date_add(today(), 1, "days")'),
        computed('soon', 'date_add(now(), 1, "hours")'),
        ...['name', 'price', 'state', 'tags', 'note', 'serial', 'exact', 'thing_state'].map(shown),
      ],
    },
  ],
};

const file = join(import.meta.dirname, '__snapshots__', 'computed-fields.graphql');

test('gives formulas and lookups the types of what they come to, for reading only', () => {
  const schema = buildGraphqlSchema(registryOf(document));
  expect(validateSchema(schema)).toEqual([]);
  const text = printTenantSchema(schema);
  if (process.env.UPDATE_SDL) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

test('makes no mutation that could write, where everything is computed', () => {
  const entity = { key: 'clock', fields: [computed('today', 'today()')] };
  const schema = buildGraphqlSchema(registryOf({ formwork: 1, entities: [entity] }));
  expect(validateSchema(schema)).toEqual([]);
  expect(schema.getType('CreateClockInput')).toBeUndefined();
});
