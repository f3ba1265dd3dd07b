import type { RegistryDocument } from '@formwork/registry';
import { getIntrospectionQuery } from 'graphql';
import { dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';

/*
 * One tenant's large design leaves all others their turns of the event loop. Told by how often the work itself lets go of it,
 * which it does after every few milliseconds: work in one piece would never.
 */

let harness: Harness;
let gateway: TestGateway;
let large: TestTenant;

const entities = 100;
const types = ['text', 'decimal', 'date', 'boolean', 'integer', 'datetime', 'long_text', 'percent'] as const;

function design(label: string): RegistryDocument {
  const key = (index: number) => `thing_${index % entities}`;
  return {
    formwork: 1,
    entities: Array.from({ length: entities }, (_, index) => ({
      key: key(index),
      label,
      fields: [
        ...types.map((type, field) => ({ key: `field_${field}`, type })),
        { key: 'next', type: 'link', options: { target: key(index + 1), inverse: 'previous' } },
      ],
    })),
  };
}

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
  large = await harness.tenant('large', design('Thing'));
});
afterAll(() => harness.close());

/** How often long work that is done in steps has given others their turn meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const given = globalThis.setImmediate;
  let turns = 0;
  globalThis.setImmediate = ((...args: Parameters<typeof given>) => {
    if (new Error().stack?.includes('in-steps')) turns += 1;
    return given(...args);
  }) as typeof given;
  try {
    await work();
  } finally {
    globalThis.setImmediate = given;
  }
  return turns;
}

test('a first query, which reads the registry', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(await gateway.ask(large.keys.editor, '{ thing1s(first: 1) { nodes { id next { id } } } }')),
  );
  expect(turns).toBeGreaterThan(0);
});

test('a first query in a role that sees less, which makes the registry as the role sees it', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(await gateway.ask(large.keys.viewer, '{ thing1s(first: 1) { nodes { id next { id } } } }')),
  );
  expect(turns).toBeGreaterThan(0);
});

test('a first mutation, which has all of them made', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(
      await gateway.ask(
        large.keys.editor,
        'mutation { createThing1(input: { field0: "a" }) { thing1 { id } } }',
      ),
    ),
  );
  expect(turns).toBeGreaterThan(0);
});

test('introspection', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(await gateway.ask(large.keys.editor, getIntrospectionQuery())),
  );
  expect(turns).toBeGreaterThan(10);
});

test('a preview of a document, with what it means to clients and the schemas before and after', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(
      await gateway.askDesign(
        large.keys.designer,
        `query ($document: JSON!) {
           previewRegistry(document: $document) { level apiChanges { type } sdl { before after } }
         }`,
        { document: design('Something') },
      ),
    ),
  );
  expect(turns).toBeGreaterThan(10);
});

test('a change', async () => {
  const turns = await turnsDuring(async () =>
    dataOf(
      await gateway.askDesign(
        large.keys.designer,
        'mutation { apply(changes: [{ addField: { entity: "thing_1", field: { key: "more", type: text } } }]) { version } }',
      ),
    ),
  );
  expect(turns).toBeGreaterThan(5);
});
