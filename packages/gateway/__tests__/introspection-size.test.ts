import type { FieldDocument, RegistryDocument } from '@formwork/registry';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';
import { Harness, type TestGateway } from './harness.ts';

/* Introspection as tools ask for it. What makes it large is held in schema-factory, with 300 entities too. */

let harness: Harness;
let gateway: TestGateway;

beforeAll(async () => {
  harness = await Harness.open();
  gateway = await harness.gateway();
});
afterAll(() => harness.close());

const types = ['text', 'decimal', 'date', 'boolean', 'integer', 'datetime', 'long_text', 'percent'] as const;

function design(entities: number, fields: number, more: readonly FieldDocument[] = []): RegistryDocument {
  return {
    formwork: 1,
    entities: Array.from({ length: entities }, (_, entity) => ({
      key: `thing_${entity}`,
      fields: [
        ...Array.from({ length: fields }, (_field, n) => ({ key: `field_${n}`, type: types[n] ?? 'text' })),
        ...more,
      ],
    })),
  };
}

/** A key, choices, a link, and what is rolled up over the way back. */
const more: readonly FieldDocument[] = [
  { key: 'code', type: 'text', required: true, unique: true },
  { key: 'status', type: 'select', options: { choices: [{ key: 'open' }, { key: 'closed' }] } },
  { key: 'next', type: 'link', options: { target: 'thing_0', inverse: 'previous' } },
  { key: 'links', type: 'rollup', options: { via: 'previous', function: 'count' } },
];

async function introspect(slug: string, document: RegistryDocument): Promise<string> {
  const { keys } = await harness.tenant(slug, document);
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.editor}` },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  return await response.text();
}

test('of 50 entities with four fields each it is under 1 MB', async () => {
  const answer = await introspect('lean', design(50, 4));
  expect(Buffer.byteLength(answer)).toBeLessThan(1_000_000);
  expect(JSON.stringify(JSON.parse(answer)) === answer).toBe(true);
});

test('of it clients make a schema that fits what is asked', async () => {
  const answer = await introspect('whole', design(1, 6, more));
  const schema = buildClientSchema((JSON.parse(answer) as { data: IntrospectionQuery }).data);
  const text = `{
    thing0s(where: { previous: { some: { status: { eq: OPEN } } } }, orderBy: [{ next: { code: ASC } }]) { totalCount }
    thing0sAggregate(groupBy: [{ status: true }], having: { max: { code: { gt: "a" } } }, orderBy: [{ sum: { links: DESC } }]) {
      keys sum { links } max { code }
    }
  }`;
  expect(validate(schema, parse(text))).toEqual([]);
});
