import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGraphqlSchema, printTenantSchema } from '../src/index.ts';
import { demo, registryOf } from './designs.ts';

/**
 * Relay's own compiler over small projects against the SDL of the demo tenants: it holds `@connection`,
 * `@refetchable`, `Node` and what mutations give back to the conventions that Relay clients rely on. It is a binary,
 * which there is not for every platform.
 */
/** What the package says: the path of its binary, or null. */
const relayCompiler = createRequire(import.meta.url)('relay-compiler') as string | null;
const isThere = relayCompiler !== null && existsSync(relayCompiler);
const reason = isThere ? '' : ` (skipped: no relay-compiler for ${process.platform} ${process.arch})`;
const describeHere = isThere ? describe : describe.skip;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'formwork-relay-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles documents against the SDL of a demo tenant; gives what was printed, and artifacts by name. */
function compile(tenant: 'aviation' | 'marketplace', documents: Readonly<Record<string, string>>) {
  const artifacts = join(folder, 'artifacts');
  mkdirSync(join(folder, 'src'));
  mkdirSync(artifacts);
  writeFileSync(
    join(folder, 'schema.graphql'),
    printTenantSchema(buildGraphqlSchema(registryOf(demo(tenant)))),
  );
  for (const [name, text] of Object.entries(documents)) {
    writeFileSync(join(folder, 'src', `${name}.js`), `graphql\`${text}\`;\n`);
  }
  const config = join(folder, 'relay.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      src: './src',
      schema: './schema.graphql',
      language: 'flow',
      eagerEsModules: false,
      artifactDirectory: './artifacts',
    }),
  );
  const { status, stdout, stderr } = spawnSync(relayCompiler ?? '', ['--repersist', config], {
    cwd: folder,
    encoding: 'utf8',
  });
  const made = readdirSync(artifacts).map(
    (file) => [file.replace('.graphql.js', ''), readFileSync(join(artifacts, file), 'utf8')] as const,
  );
  return { status, output: stdout + stderr, artifacts: new Map(made) };
}

/** An artifact as Relay's runtime reads it. */
function load(artifacts: ReadonlyMap<string, string>, name: string): { readonly metadata?: unknown } {
  const module = { exports: {} };
  const require = (path: string) => load(artifacts, path.replace(/^[.][/]|[.]graphql$/g, ''));
  new Function('module', 'require', artifacts.get(name) ?? '')(module, require);
  return module.exports;
}

describeHere(`relay-compiler${reason}`, () => {
  test('compiles pages that go on, records that are asked again, and writes that change lists', () => {
    const { status, output, artifacts } = compile('aviation', {
      AirportList: `query AirportListQuery($first: Int!, $where: AirportFilter, $orderBy: [AirportOrder!]) {
          ...AirportList_query @arguments(first: $first, where: $where, orderBy: $orderBy)
        }`,
      AirportPage: `fragment AirportList_query on Query
        @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }
          where: { type: "AirportFilter" }, orderBy: { type: "[AirportOrder!]" })
        @refetchable(queryName: "AirportPageQuery") {
          airports(first: $first, after: $after, where: $where, orderBy: $orderBy) @connection(key: "AirportList_airports") {
            totalCount(mode: CAPPED, cap: 100)
            edges { node { ...Airport_airport } }
          }
        }`,
      Airport: `fragment Airport_airport on Airport
        @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
        @refetchable(queryName: "AirportDeparturesQuery") {
          name
          departures(last: $count, before: $cursor, where: { delay: { gt: 10 } }, orderBy: [{ departsAt: DESC }])
            @connection(key: "Airport_departures", filters: []) {
            edges { node { id departsAt destination { iata ...Airport_name } } }
          }
          departuresAggregate { count avg { delay } }
        }`,
      AirportName: 'fragment Airport_name on Airport { name city }',
      AnyNode: `query AnyNodeQuery($id: ID!) {
          node(id: $id) { __typename id ... on Airport { name } ... on Flight { delay } }
          nodes(ids: [$id]) { id }
        }`,
      Create: `mutation CreateAirportMutation($input: CreateAirportInput!, $connections: [ID!]!) {
          createAirport(input: $input) {
            airport @prependNode(connections: $connections, edgeTypeName: "AirportEdge") { id ...Airport_name }
          }
        }`,
      Delete: `mutation DeleteAirportMutation($id: ID!, $connections: [ID!]!) {
          deleteAirport(id: $id) { id @deleteRecord @deleteEdge(connections: $connections) }
        }`,
    });
    expect([status, output]).toEqual([0, expect.stringContaining('Done')]);
    expect([...artifacts.keys()].sort()).toEqual([
      'AirportDeparturesQuery',
      'AirportListQuery',
      'AirportList_query',
      'AirportPageQuery',
      'Airport_airport',
      'Airport_name',
      'AnyNodeQuery',
      'CreateAirportMutation',
      'DeleteAirportMutation',
    ]);
    expect(load(artifacts, 'AirportList_query').metadata).toMatchObject({
      connection: [{ count: 'first', cursor: 'after', direction: 'forward', path: ['airports'] }],
      refetch: { connection: { forward: { count: 'first', cursor: 'after' }, backward: null } },
    });
    // A record is asked again through `node`, by its id.
    expect(load(artifacts, 'Airport_airport').metadata).toMatchObject({
      connection: [{ direction: 'backward', path: ['departures'] }],
      refetch: { fragmentPathInResult: ['node'], identifierInfo: { identifierField: 'id' } },
    });
    // Relay adds what it needs to go on.
    const page = artifacts.get('AirportPageQuery') ?? '';
    expect(page).toMatch(/pageInfo \{\\n\s+endCursor\\n\s+hasNextPage/);
    expect(page).toMatch(/edges \{\\n\s+node \{/);
  });

  test('compiles enums, money, links and updates of the marketplace', () => {
    const { status, output, artifacts } = compile('marketplace', {
      Orders: `query OrdersQuery($where: OrderFilter) {
          orders(first: 10, where: $where, orderBy: [{ createdAt: DESC }]) @connection(key: "Orders_orders") {
            edges { cursor node { status account { name } customer { ...Orders_user } } }
          }
        }`,
      User: 'fragment Orders_user on User @refetchable(queryName: "OrdersUserQuery") { email }',
      Update: `mutation UpdateProductMutation($id: ID!, $input: UpdateProductInput!, $version: Int) {
          updateProduct(id: $id, input: $input, ifVersion: $version) { product { id version name price } }
        }`,
    });
    expect([status, output]).toEqual([0, expect.stringContaining('Done')]);
    const orders = artifacts.get('OrdersQuery') ?? '';
    expect(orders).toContain('export type OrderStatus =');
    expect(load(artifacts, 'Orders_user').metadata).toMatchObject({
      refetch: { fragmentPathInResult: ['node'] },
    });
    expect(artifacts.get('UpdateProductMutation')).toContain('export type UpdateProductInput');
  });

  test('would tell of a connection that is none', () => {
    const { status, output } = compile('aviation', {
      Wrong: `query WrongQuery { airportsAggregate(first: 3) @connection(key: "Wrong_airportsAggregate") { count } }`,
    });
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining('airportsAggregate'),
    });
  });
});
