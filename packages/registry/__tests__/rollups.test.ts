import { createRegistry, diffRegistries, loadRegistry, toDocument, toStoredRegistry } from '../src/index.ts';
import { documentOf, problemsOf, registryOf } from './designs.ts';

type Fields = readonly { readonly key: string; readonly [option: string]: unknown }[];

const rollup = (key: string, options: object, more: object = {}) => ({
  key,
  type: 'rollup',
  options,
  ...more,
});
const formula = (key: string, expression: string, stored = true) => ({
  key,
  type: 'formula',
  options: { expression, stored },
});

const account = (...more: Fields) => ({ key: 'account', fields: [{ key: 'name', type: 'text' }, ...more] });
const order = (...more: Fields) => ({
  key: 'order',
  fields: [
    { key: 'account', type: 'link', options: { target: 'account', inverse: 'orders' } },
    { key: 'status', type: 'select', options: { choices: [{ key: 'open' }, { key: 'cancelled' }] } },
    { key: 'tags', type: 'links', options: { target: 'tag', inverse: 'tagged' } },
    ...more,
  ],
});
const item = (...more: Fields) => ({
  key: 'item',
  fields: [
    { key: 'order', type: 'link', options: { target: 'order', inverse: 'items' } },
    { key: 'quantity', type: 'integer' },
    { key: 'price', type: 'decimal' },
    { key: 'cost', type: 'currency' },
    { key: 'name', type: 'text' },
    { key: 'sent_on', type: 'date' },
    { key: 'note', type: 'json' },
    { key: 'later', type: 'formula', options: { expression: 'quantity + 1' } },
    formula('amount', 'quantity * price'),
    ...more,
  ],
});
const tag = (...more: Fields) => ({
  key: 'tag',
  fields: [{ key: 'name', type: 'text' }, { key: 'weight', type: 'integer' }, ...more],
});
const total = rollup('total', { via: 'items', function: 'sum', field: 'amount' }, { indexed: true });

const make = (...entities: readonly object[]) => registryOf(documentOf(...entities));

const problems = (...entities: readonly object[]) =>
  problemsOf(documentOf(...entities)).map(({ code, path, message }) => `${code} ${path} ${message}`);

const ofOrder = (options: object) => problems(account(), order(rollup('r', options)), item(), tag());

test('rolls up what links back, what is linked to, and what links back from many', () => {
  const registry = make(
    account(
      rollup('revenue', { via: 'orders', function: 'sum', field: 'total', filter: "status != 'cancelled'" }),
    ),
    order(total, rollup('heaviest', { via: 'tags', function: 'max', field: 'weight' })),
    item(),
    tag(rollup('uses', { via: 'tagged', function: 'count' })),
  );
  const ways = registry.entities.flatMap(({ fields }) =>
    fields.flatMap(({ key, computed }) =>
      computed?.stored?.kind === 'rollup'
        ? [[key, computed.type, computed.stored.way.kind, computed.stored.way.source]]
        : [],
    ),
  );
  expect(ways).toEqual([
    ['revenue', 'decimal', 'link', 'order'],
    ['total', 'decimal', 'link', 'item'],
    ['heaviest', 'integer', 'out', 'tag'],
    ['uses', 'integer', 'in', 'order'],
  ]);
  expect(registry.entityByKey.get('order')?.fieldByKey.get('total')?.slot).toEqual({
    column: 'n1',
    state: 'ready',
  });
});

test.each([
  ['sum', 'quantity', 'number'],
  ['avg', 'quantity', 'number'],
  ['max', 'quantity', 'integer'],
  ['sum', 'price', 'decimal'],
  ['avg', 'amount', 'decimal'],
  ['sum', 'cost', 'currency'],
  ['min', 'sent_on', 'date'],
  ['max', 'name', 'text'],
])('the %s of %s is of type %s', (how, field, type) => {
  const registry = make(account(), order(rollup('r', { via: 'items', function: how, field })), item(), tag());
  expect(registry.entityByKey.get('order')?.fieldByKey.get('r')?.computed?.type).toBe(type);
});

test.each([
  [{}, 'MISSING', 'options.function'],
  [{ function: 'total', via: 'items', field: 'price' }, 'OPTION_INVALID', 'options.function'],
  [{ function: 'sum', via: 'items' }, 'MISSING', 'options.field'],
  [{ function: 'count', via: 'items', field: 'price' }, 'OPTION_INVALID', 'options.field'],
  [{ function: 'count', via: 'itmes' }, 'FIELD_MISSING', 'options.via'],
  [{ function: 'count', via: 'account' }, 'NOT_SUPPORTED', 'options.via'],
  [{ function: 'sum', via: 'items', field: 'pirce' }, 'FIELD_MISSING', 'options.field'],
  [{ function: 'sum', via: 'items', field: 'name' }, 'NOT_SUPPORTED', 'options.function'],
  [{ function: 'max', via: 'items', field: 'note' }, 'NOT_SUPPORTED', 'options.function'],
  [{ function: 'sum', via: 'items', field: 'later' }, 'NOT_SUPPORTED', 'options.field'],
  [{ function: 'count', via: 'items', filter: 'quantity +' }, 'EXPRESSION_INVALID', 'options.filter'],
  [{ function: 'count', via: 'items', filter: 'quantity' }, 'EXPRESSION_INVALID', 'options.filter'],
  [{ function: 'count', via: 'items', filter: 'order.status = "open"' }, 'NOT_SUPPORTED', 'options.filter'],
  [{ function: 'count', via: 'items', filter: 'sent_on < today()' }, 'NOT_SUPPORTED', 'options.filter'],
  [{ function: 'count', via: 'items', filter: { quantity: 1 } }, 'TYPE_WRONG', 'options.filter'],
])('refuses a rollup with %j', (options, code, place) => {
  expect(ofOrder(options)[0]).toMatch(new RegExp(`^${code} entities\\[1\\]\\.fields\\[3\\]\\.${place} `));
});

test('asks what was meant, and says the way out', () => {
  expect(ofOrder({ function: 'count', via: 'itmes' })[0]).toContain('Did you mean "items"?');
  expect(ofOrder({ function: 'sum', via: 'items', field: 'later' })[0]).toContain('"stored": true');
});

test('names the circle that rollups and stored formulas of several entities make', () => {
  const found = problems(
    {
      key: 'team',
      fields: [
        { key: 'boss', type: 'link', options: { target: 'person', inverse: 'teams' } },
        rollup('cost', { via: 'members', function: 'sum', field: 'pay' }),
      ],
    },
    {
      key: 'person',
      fields: [
        { key: 'team', type: 'link', options: { target: 'team', inverse: 'members' } },
        rollup('led', { via: 'teams', function: 'sum', field: 'cost' }),
        formula('pay', 'led * 0.1'),
      ],
    },
  );
  expect(found).toEqual([
    expect.stringMatching(/^CIRCULAR .*"team\.cost" → "person\.pay" → "person\.led" → "team\.cost"/),
  ]);
});

test.each([
  ['product_name', 'reads other records'],
  ['order.status', 'reads other records'],
  ['today()', 'changes with time'],
  ['date_diff(sent_on, today(), "days")', 'changes with time'],
])('does not store the formula %s, which %s', (expression, reason) => {
  const found = problems(
    account(),
    order(),
    item(
      { key: 'product_name', type: 'lookup', options: { via: 'order', field: 'status' } },
      formula('f', expression),
    ),
    tag(),
  );
  expect(found).toEqual([expect.stringMatching(/^NOT_SUPPORTED .*options\.stored .*Remove "stored"/)]);
  expect(found[0]).toContain(reason);
});

test('a stored formula may be indexed, one that is computed when it is read may not', () => {
  const indexed = (stored: boolean) => ({ ...formula('f', 'quantity * 2', stored), indexed: true });
  expect(problems(account(), order(), item(indexed(true)), tag())).toEqual([]);
  expect(problems(account(), order(), item(indexed(false)), tag())[0]).toMatch(/^NOT_SUPPORTED .*indexed/);
});

test('a rollup keeps its meaning when the fields, the inverse and the entity behind it get other keys', () => {
  const before = make(
    account(),
    order(total, rollup('sent', { via: 'items', function: 'count', filter: 'quantity > 1' })),
    item(),
    tag(),
  );
  const stored = toStoredRegistry(before);
  const options = stored.fields.find(({ key }) => key === 'sent')?.options;
  expect(options).toMatchObject({ via: 'item.order', filter: 'quantity > 1' });
  const renamed = loadRegistry({
    ...stored,
    fields: stored.fields.map((row) =>
      row.entityType !== 'item'
        ? row
        : row.key === 'quantity'
          ? { ...row, key: 'pieces' }
          : row.key === 'order'
            ? { ...row, options: { ...row.options, inverse: 'lines' } }
            : row,
    ),
  });
  const field = toDocument(renamed).entities[1]?.fields.find(({ key }) => key === 'sent');
  expect(field?.options).toEqual({ via: 'lines', function: 'count', filter: 'pieces > 1' });
});

test('the document of a registry with rollups makes the same registry', () => {
  const registry = make(account(), order(total), item(), tag());
  const again = createRegistry(toDocument(registry), { current: registry });
  if ('problems' in again) throw new Error(JSON.stringify(again.problems));
  expect(diffRegistries(registry, again.registry)).toEqual([]);
  expect(again.registry.planShape).toBe(registry.planShape);
  expect(loadRegistry(toStoredRegistry(registry))).toEqual(registry);
});
