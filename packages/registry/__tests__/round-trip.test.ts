import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  diffRegistries,
  loadRegistry,
  type RegistryDocument,
  type StoredRegistry,
  toDocument,
  toStoredRegistry,
} from '@formwork/registry';
import { airline, documentOf, entityOf, registryOf } from './designs.ts';

const registry = registryOf(airline);
const template = (name: string): RegistryDocument =>
  JSON.parse(readFileSync(join(__dirname, `../../cli/templates/${name}.json`), 'utf8')) as RegistryDocument;

test('a registry goes into rows of JSON and comes back the same, in whatever order the rows are', () => {
  const stored = JSON.parse(JSON.stringify(toStoredRegistry(registry))) as StoredRegistry;
  expect(loadRegistry(stored)).toEqual(registry);
  const reversed = {
    entityTypes: stored.entityTypes.toReversed(),
    fields: stored.fields.toReversed(),
    uniqueKeys: stored.uniqueKeys.toReversed(),
  };
  expect(loadRegistry(reversed)).toEqual(registry);
});

test('a loaded registry has the views that are there, not those that would be made today', () => {
  const stored = toStoredRegistry(registry);
  const entityTypes = stored.entityTypes.map((row) => ({ ...row, viewName: 'v_old' }));
  const loaded = loadRegistry({ ...stored, entityTypes });
  expect(entityOf(loaded, 'flight').viewName).toBe('v_old');
  expect(loaded.apiShape).toBe(registry.apiShape);
  expect(loaded.planShape).not.toBe(registry.planShape);
});

test('rows mirror the tables', () => {
  const { entityTypes, fields, uniqueKeys } = toStoredRegistry(registry);
  expect(entityTypes[0]).toEqual({
    storageKey: 'airport',
    key: 'airport',
    plural: 'airports',
    label: 'Airport',
    description: '',
    position: 0,
    options: { searchable: ['city'] },
    viewName: expect.stringMatching(/^v2_/),
  });
  expect(fields.find((row) => row.key === 'departs_at')).toEqual({
    entityType: 'flight',
    storageKey: 'departs_at',
    key: 'departs_at',
    label: 'Departs at',
    description: '',
    type: 'datetime',
    required: true,
    isUnique: false,
    indexed: true,
    defaultValue: null,
    options: {},
    position: 1,
    slot: 'd1',
    slotState: 'ready',
  });
  expect(uniqueKeys.map(({ key, fields: parts, options, slot }) => [key, parts, options, slot])).toEqual([
    ['iata', ['iata'], {}, 'u1'],
    ['by_number', ['number', 'departs_at'], { caseInsensitive: true }, 'u1'],
  ]);
});

test('a document leaves out what holds anyway', () => {
  const [airport, ...others] = airline.entities;
  const { label, ...rest } = airport ?? { label: '' };
  expect(label).toBe('Airport');
  expect(toDocument(registry)).toEqual({ formwork: 1, entities: [rest, ...others] });
  expect(toDocument(registryOf(documentOf({ key: 'a', label: 'A', plural: 'as', fields: [] })))).toEqual(
    documentOf({ key: 'a', fields: [] }),
  );
});

test.each(['aviation', 'marketplace'])(
  'the demo design "%s" is a registry, and applying it again changes nothing',
  (name) => {
    const demo = registryOf(template(name));
    const again = registryOf(toDocument(demo), {
      current: demo,
      populated: new Set(demo.entityByStorageKey.keys()),
      retired: {
        entities: new Set(demo.entityByStorageKey.keys()),
        fields: new Map(
          demo.entities.map((entity) => [entity.storageKey, new Set(entity.fieldByStorageKey.keys())]),
        ),
      },
    });
    expect(again).toEqual(demo);
    expect(diffRegistries(demo, again)).toEqual([]);
  },
);

test('a registry is frozen', () => {
  expect(Object.isFrozen(registry)).toBe(true);
  expect(Object.isFrozen(entityOf(registry, 'flight').fields)).toBe(true);
  expect(Object.isFrozen(entityOf(registry, 'flight').fields[4]?.options.transitions)).toBe(true);
});

test('finds entities by every name', () => {
  const flight = entityOf(registry, 'flight');
  expect(registry.entityByTypeName.get('Flight')).toBe(flight);
  expect(registry.entityByStorageKey.get('flight')).toBe(flight);
  expect(flight.fieldByName.get('departsAt')).toBe(flight.fieldByKey.get('departs_at'));
  expect(entityOf(registry, 'airport').inverseByName.get('departures')).toEqual({
    key: 'departures',
    name: 'departures',
    source: 'flight',
    field: 'origin',
  });
});
