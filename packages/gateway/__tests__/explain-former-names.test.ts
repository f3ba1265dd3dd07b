import { createRegistry, type Registry, registryForRole } from '@formwork/registry';
import type { FormerName } from '@formwork/registry-store';
import { buildGraphqlSchema } from '@formwork/schema-factory';
import { FormerNames } from '../src/operations/explain-former-names.ts';
import { nameIndexOf } from '../src/usage/named-things.ts';

const { registry } = createRegistry({
  formwork: 1,
  entities: [
    { key: 'flight', fields: [{ key: 'number', type: 'text', unique: true }] },
    { key: 'plane', fields: [{ key: 'tail', type: 'text' }] },
  ],
}) as { registry: Registry };
const [flight] = registry.entities;
const entityType = flight?.storageKey ?? '';
const number = flight?.fieldByKey.get('number')?.storageKey ?? '';
const former: readonly FormerName[] = [
  { entityType, field: '', name: 'trip', plural: 'trips', successor: entityType },
  { entityType, field: number, name: 'code', plural: null, successor: number },
];
const askedBy = (role: string, names = former) => {
  const seen = registryForRole(registry, role);
  if (seen === null) throw new Error(`There is no role "${role}".`);
  return new FormerNames(seen, buildGraphqlSchema(seen), names);
};

test('finds roots, types, keys and fields by what they were called', () => {
  const names = askedBy('admin');
  expect(
    [
      'Cannot query field "trips" on type "Query".',
      'Cannot query field "createTrip" on type "Mutation".',
      'Cannot query field "tripByCode" on type "Query".',
      'Unknown type "CreateTripInput".',
      'Cannot query field "code" on type "Flight".',
      'Cannot query field "code" on type "Plane".',
      'Cannot query field "triptych" on type "Query".',
    ].map((message) => names.find(message)),
  ).toEqual(['flights', 'createFlight', 'flightByNumber', 'CreateFlightInput', 'number', null, null]);
});

test('sends nobody to what its role may not do', () => {
  const names = askedBy('viewer');
  expect([
    names.find('Cannot query field "trips" on type "Query".'),
    names.find('Cannot query field "createTrip" on type "Mutation".'),
    names.find('Unknown type "CreateTripInput".'),
  ]).toEqual(['flights', null, null]);
});

test('looks at those former names alone that may be meant, however many there are', () => {
  let looks = 0;
  const many = Array.from({ length: 5_000 }, (_, index) => ({
    ...{ entityType, field: index % 2 === 0 ? '' : number, plural: null, successor: entityType },
    get name() {
      looks += 1;
      return `old_name_${index}`;
    },
  }));
  const names = askedBy('admin', many);
  for (let times = 0; times < 50; times += 1)
    names.find(`Cannot query field "unknown${times}" on type "Query".`);
  for (let times = 0; times < 50; times += 1)
    names.find(`Cannot query field "unknown${times}" on type "Flight".`);
  expect(looks).toBeLessThan(20_000);
});

test('names that somebody has made up are found nowhere, and are not kept', () => {
  const index = nameIndexOf(registry);
  expect(index.find('MadeUp')).toEqual([]);
  expect(index.find('MadeUp')).not.toBe(index.find('MadeUp'));
  expect(index.find('Flight')).toBe(index.find('Flight'));
});
