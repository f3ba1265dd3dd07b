import { connectDataPlane, DatabaseError, type DataPlane } from '@formwork/pg';
import type { Registry, RegistryDocument } from '@formwork/registry';
import {
  asAdmin,
  countStatements,
  createTestDatabase,
  createTestTenant,
  type StatementCounter,
  type TestDatabase,
} from '@formwork/testkit';
import { createRecords, type OperationRecords, RecordError } from '../src/index.ts';

/** A tenant with a design, on a database of its own, and its records over a real data plane. */
export interface WriteHarness {
  readonly database: TestDatabase;
  readonly registry: Registry;
  readonly tenantId: string;
  readonly counter: StatementCounter;
  readonly dataPlane: DataPlane;
  /** One operation: `work`, the end of writes, commit. Tried again as the gateway does it. */
  mutate<T>(work: (records: OperationRecords) => Promise<T>, actor?: string): Promise<T>;
  /** What stands in `records.data` of any tenant, as text; null where there is no such record. */
  dataOf(id: string): Promise<string | null>;
  count(entityType: string): Promise<number>;
  addTenant(slug: string): Promise<WriteHarness>;
  close(): Promise<void>;
}

export async function createWriteHarness(document: RegistryDocument): Promise<WriteHarness> {
  const database = await createTestDatabase();
  const harness = await openTenant(database, 'museum', document);
  return {
    ...harness,
    close: async () => {
      await harness.close();
      await database.drop();
    },
  };
}

async function openTenant(
  database: TestDatabase,
  slug: string,
  document: RegistryDocument,
): Promise<WriteHarness> {
  const { tenantId, version, registry } = await createTestTenant(database, slug, document);
  const counter = countStatements();
  const dataPlane = connectDataPlane({
    url: database.gatewayUrl,
    max: 60,
    budget: 30_000,
    onBatch: counter.onBatch,
  });
  const query = (text: string, values: readonly unknown[]) =>
    asAdmin(database, async (client) => (await client.query(text, [...values])).rows[0]?.value ?? null);
  return {
    database,
    registry,
    tenantId,
    counter,
    dataPlane,
    mutate: (work, actor = 'key:test') => {
      const options = { registry, tenantId, actor, cursorSecret: 'secret', mode: 'mutation' } as const;
      return mutate(dataPlane, tenantId, version, (execute) => createRecords({ ...options, execute }), work);
    },
    dataOf: (id) => query('select data::text as value from formwork.records where id = $1', [id]),
    count: (entityType) =>
      query('select count(*)::int as value from formwork.records where tenant_id = $1 and entity_type = $2', [
        tenantId,
        entityType,
      ]),
    addTenant: (other) => openTenant(database, other, document),
    close: () => dataPlane.close(),
  };
}

type Connect = (execute: Parameters<typeof createRecords>[0]['execute']) => OperationRecords;

/** As the gateway does it: what a lost race ended is tried again. */
async function mutate<T>(
  dataPlane: DataPlane,
  tenantId: string,
  version: number,
  connect: Connect,
  work: (records: OperationRecords) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let refused: unknown;
    try {
      return await dataPlane.write(tenantId, version, async (transaction) => {
        const records = connect((statements) => transaction.run(statements));
        try {
          const value = await work(records);
          await records.finishWrites();
          return value;
        } catch (error) {
          refused = error;
          throw error;
        }
      });
    } catch (error) {
      if (error instanceof DatabaseError && error.code === 'CONFLICT') throw error;
      const known = refused instanceof RecordError ? refused : error;
      if (!(known instanceof RecordError && known.retry) || attempt === 2) throw known;
    }
  }
}

/** The RecordError that an operation ends with; fails where it does not. */
export async function refusalOf(operation: Promise<unknown>): Promise<RecordError> {
  const outcome = await operation.then(
    () => new Error('The operation was not refused'),
    (error: unknown) => error,
  );
  if (outcome instanceof RecordError) return outcome;
  throw outcome;
}
