import { createRegistry, type RegistryDocument } from '@formwork/registry';
import {
  type ChangeStep,
  compileChange,
  compileEntityStorage,
  compileLinkRules,
} from '@formwork/view-compiler';
import { entityOf, everyType, registryOf } from './every-type.ts';

const city = { key: 'city', type: 'text' } as const;
const code = { key: 'code', type: 'text' } as const;
const link = { key: 'home', type: 'link', options: { target: 'place', inverse: null } } as const;
const links = { key: 'seen', type: 'links', options: { target: 'place', inverse: null } } as const;

const place = (...fields: RegistryDocument['entities'][number]['fields']) => ({ key: 'place', fields });
const person = (...fields: RegistryDocument['entities'][number]['fields']) => ({
  key: 'person',
  fields: [{ key: 'name', type: 'text' } as const, ...fields],
});
const documentOf = (...entities: RegistryDocument['entities']): RegistryDocument => ({
  formwork: 1,
  entities,
});

/** The steps in short, views left out: every change ends with those that are in use. */
function stepsOf(before: RegistryDocument | null, after: RegistryDocument): string[] {
  const current = before && registryOf(before);
  const next = registryOf(after, current ? { current } : {});
  return compileChange(current, next)
    .filter((step) => !step.do.endsWith('_views'))
    .map(inShort);
}

function inShort(step: ChangeStep): string {
  switch (step.do) {
    case 'save_storage':
      return `save_storage ${step.row.entityType}`;
    case 'save_link_rule':
      return `save_link_rule ${step.rule.entityType}.${step.rule.field}`;
    case 'use_views':
      return `use_views ${step.views.map(({ name }) => name)}`;
    case 'save_rollup':
    case 'remove_rollup':
      return `${step.do} ${step.row.entityType}.${step.row.field}`;
    case 'use_functions':
      return `use_functions ${step.functions.map(({ name }) => name)}`;
    case 'release_views':
      return `release_views ${step.names}`;
    case 'fill':
    case 'tidy':
    case 'remove_entity':
      return `${step.do} ${step.entityType}`;
    default:
      return `${step.do} ${step.entityType}.${step.field}`;
  }
}

test('makes everything of a first registry', () => {
  expect(stepsOf(null, documentOf(place(city), person(link, links)))).toEqual([
    'save_storage place',
    'save_storage person',
    'save_link_rule person.home',
    'save_link_rule person.seen',
  ]);
});

test('does nothing for a registry that stays as it is, or is only renamed', () => {
  const before = documentOf(place(city));
  expect(stepsOf(before, before)).toEqual([]);
  expect(stepsOf(before, documentOf({ ...place({ ...city, label: 'Town' }), label: 'Ort' }))).toEqual([]);
});

test('fills slots only where slots change', () => {
  const before = documentOf(place(city), person());
  expect(stepsOf(before, documentOf(place({ ...city, required: true }), person()))).toEqual([
    'save_storage place',
  ]);
  expect(stepsOf(before, documentOf(place({ ...city, indexed: true }), person()))).toEqual([
    'save_storage place',
    'fill place',
  ]);
});

test('empties a unique slot before it keeps something else unique', () => {
  const before = documentOf(place({ ...city, unique: true }, code));
  const after = documentOf(place(city, { ...code, unique: true }));
  const current = registryOf(before);
  const steps = compileChange(current, registryOf(after, { current }));
  const saved = steps.flatMap((step) => (step.do === 'save_storage' ? [step.row.uniqueKeys[0]] : []));
  expect(saved).toEqual([null, [['exact', 'code']]]);
  expect(steps.map(({ do: name }) => name).slice(0, 4)).toEqual([
    'save_storage',
    'fill',
    'save_storage',
    'fill',
  ]);
});

test('numbers records before their shape demands a number', () => {
  const number = { key: 'number', type: 'autonumber' } as const;
  expect(stepsOf(documentOf(place(city)), documentOf(place(city, number)))).toEqual([
    'start_autonumber place.number',
    'save_storage place',
  ]);
});

test('takes links away with their field, and what an entity holds on to with the entity', () => {
  const before = documentOf(place(city), person(link, links));
  expect(stepsOf(before, documentOf(place(city), person()))).toEqual([
    'remove_links person.seen',
    'save_storage person',
    'fill person',
    'remove_link_rule person.home',
    'remove_link_rule person.seen',
  ]);
  const gone = compileChange(
    registryOf(before),
    registryOf(documentOf(place(city)), { current: registryOf(before) }),
  );
  expect(gone.map(inShort).filter((step) => !step.includes('view'))).toEqual([
    'remove_links person.seen',
    'save_storage person',
    'fill person',
    'remove_entity person',
  ]);
  const bare = gone.find((step) => step.do === 'save_storage');
  expect(bare).toMatchObject({ row: { linkKeys: Array(8).fill(null), shape: '($.type() == "object")' } });
});

test('uses the views of today, and lets the others go', () => {
  const current = registryOf(documentOf(place(city), person()));
  const next = registryOf(documentOf(place(city, code), person()), { current });
  const [old, kept] = current.entities.map(({ viewName }) => viewName);
  expect(compileChange(current, next).map(inShort).slice(-2)).toEqual([
    `use_views ${entityOf(next, 'place').viewName},${kept}`,
    `release_views ${old}`,
  ]);
});

test('tells the triggers which slot serves what', () => {
  const registry = registryOf(everyType({ indexed: true }));
  const { shape: _shape, checks: _checks, ...slots } = compileEntityStorage(registry, entityOf(registry));
  expect(slots).toMatchSnapshot();
});

test('checks every type in one expression', () => {
  const registry = registryOf(everyType({ indexed: false }));
  const { checks } = compileEntityStorage(registry, entityOf(registry));
  expect(checks.map(({ path }) => path).join('\n')).toMatchSnapshot();
});

test('folds the texts of a key that ignores case, and nothing else', () => {
  const registry = registryOf(everyType({ indexed: true }));
  const { uniqueKeys } = compileEntityStorage(registry, entityOf(registry));
  expect(uniqueKeys).toEqual([
    [
      ['fold', 'text'],
      ['exact', 'date'],
    ],
    null,
    null,
    null,
  ]);
});

test('speaks of links in storage keys', () => {
  const before = registryOf(documentOf(place(city), person(link, links)));
  expect(compileLinkRules(before)).toEqual([
    { entityType: 'person', field: 'home', target: 'place', slot: 'l1', onDelete: 'restrict' },
    { entityType: 'person', field: 'seen', target: 'place', slot: null, onDelete: 'set_null' },
  ]);
  // "place" is taken for ever, so a new entity of that key is stored under another.
  const retired = { entities: new Set(['place', 'person']), fields: new Map() };
  const again = createRegistry(documentOf(place(city), person(link)), { retired });
  if ('problems' in again) throw new Error('refused');
  expect(compileLinkRules(again.registry)).toMatchObject([{ entityType: 'person_2', target: 'place_2' }]);
});
