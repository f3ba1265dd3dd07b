/**
 * The clients of `examples/`: generated against a running gateway, type-checked, compiled and run. They have packages
 * of their own, which `npm run test:examples` installs; without them there is nothing to run here.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  addTrustedDocuments,
  listTrustedDocuments,
  removeTrustedDocuments,
  setDocumentMode,
} from '@formwork/directory';
import { createRegistry } from '@formwork/registry';
import { buildGraphqlSchema, printTenantSchema } from '@formwork/schema-factory';
import { Harness, type TestGateway, type TestTenant } from './harness.ts';

const folder = join(import.meta.dirname, '../../../examples');
const isThere = existsSync(join(folder, 'node_modules/@graphql-codegen'));
const reason = isThere ? '' : ' (skipped: `npm run test:examples` installs their packages)';
const describeHere = isThere ? describe : describe.skip;

describeHere(`clients of the examples${reason}`, () => {
  let harness: Harness;
  let gateway: TestGateway;
  let tenant: TestTenant;

  beforeAll(async () => {
    for (const made of ['generated', 'dist']) rmSync(join(folder, made), { recursive: true, force: true });
    harness = await Harness.open();
    tenant = await harness.tenant('aviation', aviation());
    gateway = await harness.gateway();
    await run('npm', 'run', 'generate');
    await run('npm', 'run', 'build');
  }, 180_000);
  afterAll(() => harness?.close());

  test('the operations of the client preset have the types of what is answered', async () => {
    expect(await output('codegen/client')).toEqual({ departures: 0, cities: ['Cologne'] });
  });

  test('the operations of gql.tada have the types of what is answered', async () => {
    expect(await output('tada/client')).toEqual({ cities: ['Düsseldorf'] });
  });

  test("Apollo Client's cache shows an update everywhere, and a new record where it is put", async () => {
    const { possibleTypes, ...shown } = await output('caches/apollo');
    expect(shown).toEqual({ updated: ['Oslo'], node: 'Oslo', extended: ['Oslo', 'Bergen'], keys: true });
    expect(possibleTypes).toEqual({ Node: ['Airport', 'Flight'] });
  });

  test("urql's cache shows an update everywhere, and asks again for lists that something new may be in", async () => {
    expect(await output('caches/urql')).toEqual({
      updated: ['Oslo'],
      node: 'Oslo',
      forgotten: null,
      extended: ['Oslo', 'Bergen'],
    });
  });

  test('a client that names its documents runs where nothing else does, by the manifest that codegen wrote', async () => {
    const manifest = JSON.parse(
      readFileSync(join(folder, 'generated/trusted/persisted-documents.json'), 'utf8'),
    ) as Record<string, string>;
    const documents = Object.entries(manifest).map(([id, document]) => ({ id, document, name: '' }));
    const options = { by: 'test', limit: 10 };
    await addTrustedDocuments(harness.control, tenant.id, documents, options);
    await setDocumentMode(harness.control, tenant.id, 'enforce');
    expect(await output('trusted/client')).toEqual({
      trusted: { airports: { totalCount: expect.any(Number) } },
      other: 'DOCUMENT_NOT_TRUSTED',
    });
    await setDocumentMode(harness.control, tenant.id, 'off');
  });

  test("Apollo's automatic persisted queries register themselves while the tenant records", async () => {
    await setDocumentMode(harness.control, tenant.id, 'record');
    expect(await output('trusted/apollo')).toEqual({ sent: ['hash', 'text', 'hash'] });
    expect(await output('trusted/apollo')).toEqual({ sent: ['hash', 'hash'] });
    await setDocumentMode(harness.control, tenant.id, 'off');
    // It stops to send hashes where there is nobody to keep them.
    await removeTrustedDocuments(harness.control, tenant.id, await everyHash());
    expect(await output('trusted/apollo')).toEqual({ sent: ['hash', 'text', 'text'] });
  });

  async function everyHash(): Promise<readonly string[]> {
    const listed = await listTrustedDocuments(harness.control, tenant.id, { first: 100 });
    return listed.map(({ hash }) => hash);
  }

  test.each([5, 50, 300])(
    'types are generated and hold for %i entities',
    async (count) => {
      const place = join(folder, `dist/${count}-entities`);
      mkdirSync(place, { recursive: true });
      const write = (name: string, text: string) => writeFileSync(join(place, name), text);
      write('schema.graphql', sdlOf(count));
      write('tsconfig.json', JSON.stringify(projectOf()));
      write('codegen.json', JSON.stringify(codegenOf()));
      write('client.ts', clientOf(count - 1));
      await execute('npx', ['graphql-codegen', '--config', 'codegen.json'], { cwd: place });
      await execute('npx', ['gql.tada', 'generate-output'], { cwd: place });
      await execute('npx', ['tsc'], { cwd: place });
    },
    180_000,
  );

  async function output(client: string): Promise<Record<string, unknown>> {
    return JSON.parse(await run('node', `dist/${client}.js`)) as Record<string, unknown>;
  }

  function run(command: string, ...args: readonly string[]): Promise<string> {
    return execute(command, args, { env: { FORMWORK_URL: gateway.url, FORMWORK_KEY: tenant.keys.editor } });
  }
});

/** Runs a command, in the folder of the examples unless told; throws with all that it said if it fails. */
async function execute(
  command: string,
  args: readonly string[],
  { cwd = folder, env = {} }: { readonly cwd?: string; readonly env?: object },
): Promise<string> {
  const all = { ...process.env, NODE_OPTIONS: '', ...env };
  const running = promisify(execFile)(command, args, { cwd, env: all, maxBuffer: 2 ** 26 });
  const { stdout } = await running.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

/** The design of the demo tenant that the examples are written for. */
function aviation(): unknown {
  return JSON.parse(readFileSync(join(folder, '../packages/cli/templates/aviation.json'), 'utf8'));
}

/** The SDL of a design of so many entities of ten fields, each linked to the next. */
function sdlOf(count: number): string {
  const types = ['text', 'integer', 'decimal', 'boolean', 'datetime'] as const;
  const created = createRegistry({
    formwork: 1,
    entities: Array.from({ length: count }, (_, entity) => ({
      key: `thing_${entity}`,
      fields: [
        ...Array.from({ length: 10 }, (_unused, field) => ({
          key: `field_${field}`,
          type: types[field % types.length] ?? 'text',
        })),
        { key: 'next', type: 'link', options: { target: `thing_${(entity + 1) % count}` } } as const,
      ],
    })),
  });
  if ('problems' in created) throw new Error(JSON.stringify(created.problems));
  return printTenantSchema(buildGraphqlSchema(created.registry));
}

function projectOf() {
  const plugin = {
    name: 'gql.tada/ts-plugin',
    schema: './schema.graphql',
    tadaOutputLocation: './graphql-env.d.ts',
  };
  const compilerOptions = {
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    plugins: [plugin],
    rootDir: '.',
  };
  return { extends: '../../tsconfig.json', compilerOptions, include: ['.'], exclude: [] };
}

function codegenOf() {
  const config = { documentMode: 'string', emitLegacyCommonJSImports: false, useTypeImports: true };
  return {
    schema: 'schema.graphql',
    documents: ['client.ts'],
    generates: { 'codegen/': { preset: 'client', config } },
  };
}

/** One operation over an entity and what it links to, in both ways. */
function clientOf(entity: number): string {
  const operation = `
    query Some($where: Thing${entity}Filter) {
      thing${entity}s(where: $where) { nodes { id field0 field1 next { field3 } } }
    }`;
  return `
    import { initGraphQLTada, type ResultOf } from 'gql.tada';
    import { graphql } from './codegen/index.js';
    import type { SomeQuery } from './codegen/graphql.js';
    import type { introspection } from './graphql-env.d.ts';

    const tada = initGraphQLTada<{ introspection: introspection }>();
    export const one = graphql(\`${operation}\`);
    export const other = tada(\`${operation}\`);
    export type Number = ResultOf<typeof other>['thing${entity}s']['nodes'][number]['field1'];
    export const asTada: Number = 5;
    export const asPreset: SomeQuery['thing${entity}s']['nodes'][number]['field1'] = 5;
    // @ts-expect-error: it is a number
    export const wrong: Number = 'five';
    // @ts-expect-error: it is a number
    export const wrongToo: SomeQuery['thing${entity}s']['nodes'][number]['field1'] = 'five';
  `;
}
