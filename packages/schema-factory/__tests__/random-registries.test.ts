import { createRegistry, type FieldDocument, type Registry, type RegistryDocument } from '@formwork/registry';
import fc from 'fast-check';
import { buildSchema, validateSchema } from 'graphql';
import { buildGraphqlSchema, printTenantSchema } from '../src/index.ts';
import { randomDocument } from './random-documents.ts';

function accepted(document: RegistryDocument): Registry | null {
  const created = createRegistry(document);
  return 'registry' in created ? created.registry : null;
}

const sdlOf = (registry: Registry) => printTenantSchema(buildGraphqlSchema(registry));

test('every registry that is accepted gives a valid schema, whose SDL says all of it', () => {
  let count = 0;
  fc.assert(
    fc.property(randomDocument, (document) => {
      const registry = accepted(document);
      if (!registry) return;
      count += 1;
      const schema = buildGraphqlSchema(registry);
      expect(validateSchema(schema)).toEqual([]);
      const sdl = printTenantSchema(schema);
      expect(printTenantSchema(buildSchema(sdl))).toBe(sdl);
    }),
    { numRuns: 80 },
  );
  expect(count).toBeGreaterThan(20);
});

/** Something else in one field. */
const change: fc.Arbitrary<(field: FieldDocument) => FieldDocument> = fc.constantFrom(
  (field) => ({ ...field, indexed: !field.indexed }),
  (field) => ({ ...field, label: 'Another' }),
  (field) => ({ ...field, description: 'Another' }),
  (field) => ({ ...field, required: !field.required }),
  (field) => ({ ...field, unique: !field.unique }),
  (field) => ({ ...field, key: `${field.key}_2` }),
  (field) => ({ ...field, type: 'text', options: {} }),
  (field) => ({ ...field, options: { ...field.options, inverse: 'another' } }),
  (field) => ({ ...field, options: { ...field.options, onDelete: 'cascade' } }),
  (field) => ({ ...field, options: { ...field.options, maxLength: 7 } }),
  (field) => ({ ...field, default: true }),
);

test('registries of one API shape have one SDL', () => {
  const seen = { same: 0, different: 0 };
  fc.assert(
    fc.property(
      randomDocument,
      change,
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      (document, changeField, e, f, nulls) => {
        const changed = changeOne(document, e, f, changeField, nulls);
        const [one, other] = [accepted(document), accepted(changed)];
        if (!one || !other) return;
        if (one.apiShape === other.apiShape) {
          seen.same += 1;
          expect(sdlOf(other)).toBe(sdlOf(one));
        } else {
          seen.different += 1;
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(Math.min(seen.same, seen.different)).toBeGreaterThan(8);
});

function changeOne(
  document: RegistryDocument,
  e: number,
  f: number,
  changeField: (field: FieldDocument) => FieldDocument,
  nullsEqual: boolean,
): RegistryDocument {
  const at = <T>(list: readonly T[], index: number, map: (item: T) => T) =>
    list.map((item, position) => (position === index % list.length ? map(item) : item));
  const entities = at(document.entities, e, (entity) => ({
    ...entity,
    ...(nullsEqual &&
      entity.keys && { keys: entity.keys.map((key) => ({ ...key, nullsEqual: !key.nullsEqual })) }),
    ...(!nullsEqual && { fields: at(entity.fields, f, changeField) }),
  }));
  return { ...document, entities };
}

test.each([
  ['a slot', { indexed: true }],
  ['bounds', { options: { minLength: 1, maxLength: 5, pattern: '^a' } }],
])('%s changes neither the SDL nor the API shape', (_what, change) => {
  const field: FieldDocument = { key: 'name', type: 'text' };
  const [one, other] = [field, { ...field, ...change }].map((name) =>
    accepted({ formwork: 1, entities: [{ key: 'thing', fields: [name] }] }),
  );
  expect(one && other).toBeTruthy();
  expect(other?.apiShape).toBe(one?.apiShape);
  expect(other?.planShape).not.toBe(one?.planShape);
  expect(other && sdlOf(other)).toBe(one && sdlOf(one));
});

test.each<[string, Partial<FieldDocument>]>([
  ['a label', { label: 'Another' }],
  ['a description', { description: 'Another' }],
  ['being required', { required: true }],
  ['being unique', { unique: true }],
  ['a key', { key: 'another' }],
  ['a type', { type: 'integer' }],
])('%s changes both', (_what, change) => {
  const field: FieldDocument = { key: 'name', type: 'text' };
  const [one, other] = [field, { ...field, ...change }].map((name) =>
    accepted({ formwork: 1, entities: [{ key: 'thing', fields: [name] }] }),
  );
  expect(other?.apiShape).not.toBe(one?.apiShape);
  expect(other && sdlOf(other)).not.toBe(one && sdlOf(one));
});

test('a key that is being filled is not served', () => {
  const fields: FieldDocument[] = [{ key: 'code', type: 'text' }];
  const current = accepted({ formwork: 1, entities: [{ key: 'thing', fields }] });
  const document: RegistryDocument = {
    formwork: 1,
    entities: [{ key: 'thing', fields: [{ key: 'code', type: 'text', unique: true }] }],
  };
  const filling = createRegistry(document, {
    ...(current && { current }),
    populated: new Set(current?.entityByStorageKey.keys()),
  });
  if ('problems' in filling) throw new Error(JSON.stringify(filling.problems));
  expect(sdlOf(filling.registry)).not.toContain('thingByCode');
  expect(validateSchema(buildGraphqlSchema(filling.registry))).toEqual([]);
  const ready = accepted(document);
  expect(ready && sdlOf(ready)).toContain('thingByCode(code: String!): Thing');
  expect(ready?.apiShape).not.toBe(filling.registry.apiShape);
});

test('an empty registry gives a schema with what is of no entity, and no mutation', () => {
  const registry = accepted({ formwork: 1, entities: [] });
  if (!registry) throw new Error('refused');
  const schema = buildGraphqlSchema(registry);
  expect(validateSchema(schema)).toEqual([]);
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual(['node', 'nodes', 'entitySchema']);
  expect(schema.getMutationType()).toBeUndefined();
});

test('entities that clients write nothing of can be created and deleted, and not updated', () => {
  const registry = accepted({
    formwork: 1,
    entities: [
      { key: 'empty', plural: 'empties', fields: [] },
      { key: 'ticket', fields: [{ key: 'number', type: 'autonumber' }] },
    ],
  });
  if (!registry) throw new Error('refused');
  const schema = buildGraphqlSchema(registry);
  expect(validateSchema(schema)).toEqual([]);
  expect(Object.keys(schema.getMutationType()?.getFields() ?? {})).toEqual([
    'createEmpty',
    'deleteEmpty',
    'deleteEmpties',
    'createTicket',
    'deleteTicket',
    'deleteTickets',
  ]);
});
