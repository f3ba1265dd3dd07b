import { createRegistry } from '@formwork/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { entitySchema } from '../src/index.ts';
import { museum } from './write-design.ts';

const made = createRegistry(museum);
if ('problems' in made) throw new Error('the design has problems');
const { registry } = made;

function schemaOf(entityKey: string, operation: 'create' | 'update') {
  const entity = registry.entityByKey.get(entityKey);
  if (!entity) throw new Error('no entity');
  return entitySchema(registry, entity, operation);
}

/** As a client would: a validator of its own, with the usual formats, that ignores what it does not know. */
function validatorOf(entityKey: string, operation: 'create' | 'update') {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  return ajv.compile(schemaOf(entityKey, operation));
}

test('the schema of an entity can be built a form from', () => {
  expect(schemaOf('specimen', 'create')).toMatchSnapshot();
});

test('the schema of an update requires nothing and lets what is optional be null', () => {
  const validate = validatorOf('specimen', 'update');
  expect(validate({})).toBe(true);
  expect(validate({ notes: null, state: null, tags: null, insured: null, room: null, seenAt: null })).toBe(
    true,
  );
  expect(validate({ name: null })).toBe(false);
});

test("a client's own validator agrees on what is good and what is not", () => {
  const validate = validatorOf('specimen', 'create');
  expect(
    validate({
      name: 'Ammonite',
      code: 'AM-1',
      contact: 'ada@example.com',
      price: '12.50',
      insured: { amount: 99.5, currency: 'EUR' },
      foundOn: '1999-12-31',
      seenAt: '2026-11-21T10:00:00Z',
      feeding: '09:30:00',
      exposure: 'PT1H',
      state: 'ON_SHOW',
      tags: ['RARE'],
      extra: { any: ['thing'] },
      room: { by: { byDoor: { floor: 1, door: 'A' } } },
      labels: { add: [{ id: '0193f5a2-7c1e-7000-8000-000000000000' }] },
    }),
  ).toBe(true);
  for (const wrong of [
    { name: 'x' },
    { code: 'am' },
    { state: 'on_show' },
    { tags: ['RARE', 'RARE'] },
    { insured: { amount: '1', currency: 'GBP' } },
    { foundOn: '2023-02-29' },
    { beauty: 6 },
    { number: 1 },
    { room: {} },
    { colour: 'red' },
  ]) {
    expect([wrong, validate({ name: 'Ammonite', ...wrong })]).toEqual([wrong, false]);
  }
});

test('the schema is plain JSON', () => {
  for (const { key } of registry.entities) {
    const schema = schemaOf(key, 'create');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  }
});
