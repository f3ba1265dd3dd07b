import { createTenant } from '@formwork/directory';
import {
  type AdminClient,
  type ControlPlane,
  connectControlPlane,
  connectDataPlane,
  type DataPlane,
  type Row,
} from '@formwork/pg';
import { type Registry, type RegistryDocument, RegistryError, toEnd } from '@formwork/registry';
import {
  type AppliedRegistry,
  type ApplyOptions,
  applyRegistry,
  readSnapshotInSteps,
  registryStatements,
} from '@formwork/registry-store';
import { asAdmin, createTestDatabase, type TestDatabase } from '@formwork/testkit';

/** A database with both planes, for one test file. */
export interface Setup {
  readonly database: TestDatabase;
  readonly control: ControlPlane;
  readonly dataPlane: DataPlane;
  /** A tenant without a registry; gives its id. */
  tenant(slug?: string): Promise<string>;
  apply(tenantId: string, document: unknown, options?: Partial<ApplyOptions>): Promise<AppliedRegistry>;
  /** Applies what must be refused, and gives "CODE at path" and the messages. */
  refusal(tenantId: string, document: unknown, options?: Partial<ApplyOptions>): Promise<Refusal>;
  /** The tenant's registry as the gateway reads it: over the data plane. */
  registry(tenantId: string): Promise<Registry | null>;
  /** Writes records as the gateway does; gives their ids. */
  write(tenantId: string, entityType: string, ...data: readonly object[]): Promise<string[]>;
  /** The same in one statement, as many records are written (see sql/034). */
  writeAtOnce(tenantId: string, entityType: string, ...data: readonly object[]): Promise<string[]>;
  /** Rows that a superuser sees; values as the driver reads them. */
  rows(text: string, ...values: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Runs statements as a superuser with triggers and foreign keys off. */
  plant(text: string, ...values: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

export interface Refusal {
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

export async function setUp(): Promise<Setup> {
  const database = await createTestDatabase();
  const control = connectControlPlane({ url: database.designerUrl });
  const dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 3 });
  const apply = (tenantId: string, document: unknown, options: Partial<ApplyOptions> = {}) =>
    applyRegistry(control, tenantId, document, { appliedBy: 'test', ...options });
  let tenants = 0;
  return {
    database,
    control,
    dataPlane,
    tenant: async (slug = `tenant-${++tenants}`) => (await createTenant(control, { slug })).id,
    apply,
    refusal: async (tenantId, document, options) => {
      const error = await apply(tenantId, document, options).then(
        () => new Error('It was applied'),
        (caught: unknown) => caught,
      );
      if (!(error instanceof RegistryError)) throw error;
      return {
        codes: error.problems.map(({ code, path }) => `${code} at ${path}`),
        messages: error.problems.map(({ message }) => message),
      };
    },
    registry: async (tenantId) => {
      const { results } = await dataPlane.read(tenantId, registryStatements());
      return toEnd(readSnapshotInSteps(results as Row[][])).registry;
    },
    write: (tenantId, entityType, ...data) => writeRecords(dataPlane, tenantId, entityType, data),
    writeAtOnce: (tenantId, entityType, ...data) => writeAtOnce(dataPlane, tenantId, entityType, data),
    rows: (text, ...values) =>
      asAdmin(database, async (client: AdminClient) => (await client.query(text, [...values])).rows),
    plant: (text, ...values) =>
      asAdmin(database, async (client) => {
        await client.query('set session_replication_role = replica');
        await client.query(text, [...values]);
      }),
    close: async () => {
      await dataPlane.close();
      await control.close();
      await database.drop();
    },
  };
}

async function writeRecords(
  dataPlane: DataPlane,
  tenantId: string,
  entityType: string,
  data: readonly object[],
): Promise<string[]> {
  const { versions } = await dataPlane.read(tenantId, []);
  return dataPlane.write(tenantId, versions.registry, async (transaction) => {
    const results = await transaction.run(
      data.map((one) => ({
        text: 'insert into formwork.records (entity_type, data) values ($1, $2::jsonb) returning id',
        values: [entityType, JSON.stringify(one)],
      })),
    );
    return results.map((rows) => rows[0]?.[0] as string);
  });
}

async function writeAtOnce(
  dataPlane: DataPlane,
  tenantId: string,
  entityType: string,
  data: readonly object[],
): Promise<string[]> {
  const { versions } = await dataPlane.read(tenantId, []);
  const rows = data.map((one) => ({ id: crypto.randomUUID(), data: one }));
  const text = `select formwork.insert_filled($1, $2::jsonb, 'test', false)`;
  await dataPlane.write(tenantId, versions.registry, (transaction) =>
    transaction.run([{ text, values: [entityType, JSON.stringify(rows)] }]),
  );
  return rows.map(({ id }) => id);
}

export function documentOf(...entities: readonly unknown[]): RegistryDocument {
  return { formwork: 1, entities } as RegistryDocument;
}
