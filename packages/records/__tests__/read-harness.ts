import { connectDataPlane, type DataPlane, type Statement, sql } from '@formwork/pg';
import type { Registry, RegistryDocument } from '@formwork/registry';
import {
  countStatements,
  createTestDatabase,
  createTestTenant,
  linksUnderTest,
  type StatementCounter,
  type TestDatabase,
} from '@formwork/testkit';
import { type ConnectionArguments, type ConnectionNode, RecordError, type Records } from '../src/contract.ts';
import type { Execute } from '../src/read/execute.ts';
import type { ReadLimits } from '../src/read/limits.ts';
import { createRecords } from '../src/records.ts';

export interface RequestOptions {
  readonly role?: string;
  readonly limits?: Partial<ReadLimits>;
  readonly links?: 'nested' | 'loaders';
  readonly onStatement?: (statement: Statement) => void;
  /** In place of the harness's own way to Postgres. */
  readonly execute?: Execute;
}

/** A tenant with a design on a real Postgres, and the read side over a real data plane. */
export interface ReadHarness {
  readonly database: TestDatabase;
  readonly dataPlane: DataPlane;
  readonly tenantId: string;
  readonly registry: Registry;
  readonly counter: StatementCounter;
  /** The records of one request. */
  records(options?: RequestOptions): Records;
  /** One statement past everything but the triggers, in a transaction of the tenant. */
  readonly write: (statement: Statement) => Promise<void>;
  /** Writes records past validation, with the triggers: `data` as it stands in the column, JSON or its text. */
  insert(entityType: string, rows: readonly { id: string; data: unknown }[]): Promise<void>;
  link(entityType: string, field: string, pairs: readonly (readonly [string, string])[]): Promise<void>;
  delete(id: string): Promise<void>;
  /** Rows of statements as the gateway, under row-level security. */
  query(...statements: Statement[]): Promise<string[][]>;
  addTenant(slug: string, document?: RegistryDocument): Promise<ReadHarness>;
  close(): Promise<void>;
}

export async function createReadHarness(
  document: RegistryDocument,
  open: () => Promise<TestDatabase> = createTestDatabase,
): Promise<ReadHarness> {
  const database = await open();
  const counter = countStatements();
  const dataPlane = connectDataPlane({
    // Some tests ask hundreds of questions at once, on machines that have other things to do.
    waitTimeout: 60_000,
    url: database.gatewayUrl,
    max: 4,
    budget: 60_000,
    onBatch: counter.onBatch,
  });
  const close = async () => {
    await dataPlane.close();
    await database.drop();
  };
  try {
    return await addTenant({ database, counter, dataPlane, close }, 'aviation', document);
  } catch (error) {
    await close();
    throw error;
  }
}

type Shared = Pick<ReadHarness, 'database' | 'counter' | 'dataPlane' | 'close'>;

async function addTenant(shared: Shared, slug: string, document: RegistryDocument): Promise<ReadHarness> {
  const { tenantId, registry, version } = await createTestTenant(shared.database, slug, document);
  const { dataPlane } = shared;
  const execute = async (statements: readonly Statement[]) =>
    (await dataPlane.read(tenantId, statements)).results;
  const write = async (statement: Statement) => {
    await dataPlane.write(tenantId, version, (transaction) => transaction.run([statement]));
  };
  return {
    ...shared,
    tenantId,
    registry,
    write,
    records: ({
      role = 'viewer',
      limits = {},
      links = linksUnderTest,
      onStatement = () => {},
      execute: send = execute,
    } = {}) =>
      createRecords({
        registry,
        tenantId,
        execute: (statements) => {
          statements.forEach(onStatement);
          return send(statements);
        },
        cursorSecret: 'secret',
        actor: 'key:test',
        role,
        mode: 'query',
        links,
        limits,
      }),
    insert: (entityType, rows) => {
      const items = rows.map(
        ({ id, data }) => `{"id":"${id}","data":${typeof data === 'string' ? data : JSON.stringify(data)}}`,
      );
      return write(sql`insert into formwork.records (id, entity_type, data)
        select i.id, ${entityType}::text, i.data
        from jsonb_to_recordset(${`[${items.join()}]`}::jsonb) as i (id uuid, data jsonb)`);
    },
    link: (entityType, field, pairs) =>
      write(sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
        select ${entityType}::text, ${field}::text, p.a, p.b
        from jsonb_to_recordset(${JSON.stringify(pairs.map(([a, b]) => ({ a, b })))}::jsonb) as p (a uuid, b uuid)`),
    delete: (id) => write(sql`delete from formwork.records where id = ${id}::uuid`),
    query: async (...statements) => {
      const results = await execute(statements);
      const last = results.at(-1) ?? [];
      if (last instanceof Error) throw last;
      return last.map((row) => row.map((text) => text ?? 'null'));
    },
    addTenant: (other, otherDocument = document) => addTenant(shared, other, otherDocument),
  };
}

/** Ids that sort by their number. */
export function idOf(number: number, group = 0): string {
  return `00000000-0000-7000-8000-${group.toString(16).padStart(4, '0')}${number.toString(16).padStart(8, '0')}`;
}

/** All of a connection that can be asked for. */
export const everything = { node: { fields: [] }, cursors: true, pageInfo: true, totalCount: true } as const;

export async function idsOf(
  records: Records,
  typeName: string,
  args: ConnectionArguments,
): Promise<string[]> {
  const connection = await records.connection(typeName, args, {
    ...everything,
    cursors: false,
    totalCount: false,
  });
  return nodeIds(connection);
}

export function nodeIds({ edges }: ConnectionNode): string[] {
  return edges.map(({ node }) => node.id);
}

/** The RecordError that a promise is rejected with; fails where there is none. */
export async function errorOf(promise: Promise<unknown>): Promise<RecordError> {
  const outcome = await promise.then(
    (value) => new Error(`Nothing was refused: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof RecordError) return outcome;
  throw outcome;
}
