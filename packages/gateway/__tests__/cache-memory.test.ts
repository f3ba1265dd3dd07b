import { execFileSync } from 'node:child_process';

/**
 * What the caches keep of so many shapes, as they weigh it and as the heap grows by it. In a process of its own, where
 * nothing else is made or collected; it runs what was built.
 */
const script = `
  import { createRegistry, loadRegistry, toStoredRegistry } from '@formwork/registry';
  import { Memory, ReadPlans } from '@formwork/records';
  import { buildGraphqlSchema, queryForm } from '@formwork/schema-factory';
  import { getOperationAST, Kind } from 'graphql';
  import { validatorOf } from '../../records/dist/validate/validator.js';
  import { Documents } from '../dist/operations/documents.js';
  import { TenantStates } from '../dist/tenants/tenant-states.js';
  import { nameIndexOf } from '../dist/usage/named-things.js';
  import { findWrittenNames } from '../dist/usage/written-names.js';

  const { shapes, rounds, bound, refused = 0 } = JSON.parse(process.env.SETTINGS);
  const types = ['text', 'text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'long_text', 'select'];
  const fieldOf = (index) => ({
    key: 'some_field_' + index,
    label: 'Some field ' + index,
    type: types[index],
    ...(types[index] === 'select' && { options: { choices: [{ key: 'new' }, { key: 'done' }] } }),
  });
  const storedOf = (shape) => {
    const entities = Array.from({ length: 30 }, (_, index) => ({
      key: 'thing_' + shape + '_' + index,
      fields: [
        ...types.map((_, field) => fieldOf(field)),
        { key: 'owner', type: 'link', options: { target: 'thing_' + shape + '_' + ((index + 1) % 30), inverse: 'owned' } },
      ],
    }));
    return JSON.stringify(toStoredRegistry(createRegistry({ formwork: 1, entities }).registry));
  };

  const memory = new Memory(bound);
  const states = new TenantStates({
    memory,
    load: async (shape) => ({ version: 1, registry: loadRegistry(JSON.parse(stored[shape])) }),
    build: buildGraphqlSchema,
  });
  const most = { maxDocument: 1e5, maxTokens: 1e4, maxCost: 1e12, maxDepth: 20, maxAliases: 100, maxRootFields: 100 };
  const onChecked = (shape) => states.weighSchema(shape);
  const documents = new Documents({ ...most, memory, onChecked, defaultPage: 50, introspection: true });
  const plans = new ReadPlans({ cursorSecret: 'x'.repeat(32), memory });

  const parse = ({ schema, registry }, text) => {
    const { document, errors } = documents.check(schema, registry.apiShape, text);
    if (errors) throw errors[0];
    findWrittenNames(schema, document, null);
    return document;
  };
  const plan = ({ schema, registry }, document) => {
    const fragments = {};
    for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
    const form = queryForm({ schema, variableValues: {}, fragments }, getOperationAST(document));
    const reader = { registry, tenantId: 'one', role: 'admin', actor: 'key', claims: {} };
    for (const { question, argumentsOf } of form.fields)
      if (plans.prepare(reader, question, argumentsOf({})) === null) throw new Error('not planned');
  };
  const visit = async (shape) => {
    const state = await states.get(shape);
    const [a, b, c] = state.registry.entities.map(({ names }) => names);
    const fragment = 'fragment It on ' + b.type + ' { someField1 someField3 }';
    const list = (where) => '{ ' + a.plural + '(first: 5' + where + ') { nodes { id someField0 owner { id ...It } } totalCount } } ';
    for (const where of ['', ', where: { someField2: { gt: 1 } }', ', orderBy: [{ someField0: ASC }]'])
      plan(state, parse(state, list(where) + fragment));
    const input = 'Create' + c.type + 'Input!';
    parse(state, 'mutation ($input: ' + input + ') { create' + c.type + '(input: $input) { ' + c.single + ' { id owner { id } } } }');
    for (const entity of state.registry.entities.slice(0, 3)) validatorOf(state.registry, entity, 'create');
    nameIndexOf(state.registry).find(a.type + '.someField0');
    void (await state.as('viewer')).schema;
  };

  const used = async () => {
    // What a WeakRef was made of, or gave, lives as long as the task at hand.
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (let times = 0; times < 4; times += 1) gc();
    return process.memoryUsage().heapUsed;
  };
  let stored = Array.from({ length: 5 }, (_, index) => storedOf('warm' + index));
  for (let index = 0; index < 5; index += 1) await visit(index);
  states.dropAll();
  stored = Array.from({ length: shapes }, (_, index) => storedOf(index));
  const [heapBefore, weightBefore] = [await used(), memory.bytes];
  for (let round = 0; round < rounds; round += 1)
    for (let shape = 0; shape < shapes; shape += 1) await visit(shape);
  const { schema } = await states.get(0);
  for (let index = 0; index < refused; index += 1)
    for (const text of ['{ thing' + index + ' }', '{ thing' + index, '{ ' + 'a '.repeat(300) + index + ' }'])
      documents.check(schema, 'refused', text + ' #'.repeat(index % 300));
  console.log(JSON.stringify({ heap: (await used()) - heapBefore, weight: memory.bytes - weightBefore, bytes: memory.bytes }));
`;

interface Measured {
  readonly heap: number;
  readonly weight: number;
  readonly bytes: number;
}

function measure(settings: { shapes: number; rounds: number; bound: number; refused?: number }): Measured {
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, SETTINGS: JSON.stringify(settings), NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const mebibyte = 1024 * 1024;

test('what is kept of shapes weighs what the heap grows by, within a factor of 1.5', () => {
  const { heap, weight } = measure({ shapes: 10, rounds: 1, bound: 1e12 });
  expect(weight / mebibyte).toBeGreaterThan(5);
  expect(heap / weight).toBeGreaterThan(1 / 1.5);
  expect(heap / weight).toBeLessThan(1.5);
});

test('what is kept of refused documents weighs no less than the heap grows by', () => {
  const { heap, weight } = measure({ shapes: 1, rounds: 0, bound: 1e12, refused: 1_000 });
  expect(weight / mebibyte).toBeGreaterThan(3);
  expect(heap / weight).toBeLessThan(1.2);
});

test('however many shapes are visited, the heap stays within the bound', () => {
  const bound = 5 * mebibyte;
  const { heap, bytes } = measure({ shapes: 30, rounds: 2, bound });
  expect(bytes).toBeLessThanOrEqual(bound);
  expect(bytes).toBeGreaterThan(bound / 2);
  expect(heap).toBeLessThan(bound);
});
