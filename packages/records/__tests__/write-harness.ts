import {
  type AdminClient,
  connectDataPlane,
  DatabaseError,
  type DataPlane,
  type Row,
  type Statement,
  sql,
  textArray,
} from '@formwork/pg';
import { createRegistry, type Registry, type RegistryDocument, toStoredRegistry } from '@formwork/registry';
import {
  asAdmin,
  countStatements,
  createTestDatabase,
  type StatementCounter,
  type TestDatabase,
} from '@formwork/testkit';
import { type ChangeStep, compileChange } from '@formwork/view-compiler';
import { RecordError } from '../src/contract.ts';
import type { ReadBack } from '../src/write/write-context.ts';
import { createWriter, type Writer } from '../src/write/writer.ts';

/** A tenant with a design, on a database of its own, and the write side over a real data plane. */
export interface WriteHarness {
  readonly database: TestDatabase;
  readonly registry: Registry;
  readonly tenantId: string;
  readonly counter: StatementCounter;
  readonly dataPlane: DataPlane;
  /** One operation: `work`, the end of writes, commit. Tried again like the gateway does it. */
  mutate<T>(work: (writer: Writer) => Promise<T>, actor?: string): Promise<T>;
  /** What stands in `records.data` of any tenant, as text; null where there is no such record. */
  dataOf(id: string): Promise<string | null>;
  count(entityType: string): Promise<number>;
  addTenant(slug: string): Promise<WriteHarness>;
  close(): Promise<void>;
}

export async function createWriteHarness(document: RegistryDocument): Promise<WriteHarness> {
  return harness(await createTestDatabase(), document, 'museum');
}

async function harness(
  database: TestDatabase,
  document: RegistryDocument,
  slug: string,
): Promise<WriteHarness> {
  const registry = registryOf(document);
  const tenantId = await asAdmin(database, (client) => addTenant(client, registry, slug));
  const counter = countStatements();
  const dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 60, onBatch: counter.onBatch });
  const records = <T>(
    query: string,
    values: readonly unknown[],
    read: (rows: Record<string, unknown>[]) => T,
  ) => asAdmin(database, async (client) => read((await client.query(query, [...values])).rows));
  return {
    database,
    registry,
    tenantId,
    counter,
    dataPlane,
    mutate: (work, actor = 'key:test') => mutate(dataPlane, tenantId, registry, actor, work),
    dataOf: (id) =>
      records(
        'select data::text from formwork.records where id = $1',
        [id],
        ([row]) => (row?.['data'] as string) ?? null,
      ),
    count: (entityType) =>
      records(
        'select count(*)::int as n from formwork.records where tenant_id = $1 and entity_type = $2',
        [tenantId, entityType],
        ([row]) => Number(row?.['n']),
      ),
    addTenant: (other) => harness(database, document, other),
    close: async () => {
      await dataPlane.close();
      if (slug === 'museum') await database.drop();
    },
  };
}

/** As the gateway does it: what a lost race ended is tried again, twice. */
async function mutate<T>(
  dataPlane: DataPlane,
  tenantId: string,
  registry: Registry,
  actor: string,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let refused: unknown;
    try {
      return await dataPlane.write(tenantId, 1, async (transaction) => {
        const execute = (statements: readonly Statement[]) => transaction.run(statements);
        const writer = createWriter({ registry, execute, actor, readBack: readWhole });
        try {
          const value = await work(writer);
          await writer.finishWrites();
          return value;
        } catch (error) {
          refused = error;
          throw error;
        }
      });
    } catch (error) {
      const known = refused instanceof RecordError ? refused : error;
      if (error instanceof DatabaseError && error.code === 'CONFLICT') throw error;
      if (!(known instanceof RecordError && known.retry) || attempt === 3) throw known;
    }
  }
}

/** The whole row of the view, as JSON; what the read side makes of it is tested with the read side. */
const readWhole: ReadBack = (entity, ids) => ({
  statement: sql`select v.id, v.version, to_jsonb(v)::text from ${sql.identifier('formwork_views', entity.viewName)} v
    where v.id = any (${textArray(ids)}::uuid[])`,
  nodesOf: (rows: readonly Row[]) =>
    new Map(
      rows.map(([id, version, text]) => [
        String(id),
        {
          typeName: entity.names.type,
          id: String(id),
          values: { version: Number(version), ...JSON.parse(text ?? '') },
        },
      ]),
    ),
});

export function registryOf(document: RegistryDocument): Registry {
  const made = createRegistry(document);
  if ('problems' in made) throw new Error(JSON.stringify(made.problems, null, 2));
  return made.registry;
}

async function addTenant(client: AdminClient, registry: Registry, slug: string): Promise<string> {
  const { rows } = await client.query(
    'insert into formwork.tenants (slug, name, registry_version) values ($1, $1, 1) returning id',
    [slug],
  );
  const tenantId: string = rows[0].id;
  await client.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
  for (const row of toStoredRegistry(registry).entityTypes) {
    await client.query(
      `insert into formwork.entity_types (storage_key, key, plural, label, position, view_name) values ($1,$2,$3,$4,$5,$6)`,
      [row.storageKey, row.key, row.plural, row.label, row.position, row.viewName],
    );
  }
  for (const step of compileChange(null, registry)) await takeStep(client, step);
  return tenantId;
}

async function takeStep(client: AdminClient, step: ChangeStep): Promise<void> {
  switch (step.do) {
    case 'start_autonumber':
      await client.query('insert into formwork.autonumbers (entity_type, field) values ($1, $2)', [
        step.entityType,
        step.field,
      ]);
      return;
    case 'save_storage': {
      const { row } = step;
      const [u1, u2, u3, u4] = row.uniqueKeys;
      await client.query(
        `insert into formwork.entity_storage (entity_type, shape, checks, text_keys, text_exact, number_keys, time_keys,
           u1, u2, u3, u4, nulls_equal, link_keys, link_targets, autonumbers)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)
         on conflict (tenant_id, entity_type) do update set shape = excluded.shape`,
        [
          row.entityType,
          row.shape,
          JSON.stringify(row.checks),
          row.textKeys,
          row.textExact,
          row.numberKeys,
          row.timeKeys,
          u1,
          u2,
          u3,
          u4,
          row.nullsEqual,
          row.linkKeys,
          row.linkTargets,
          row.autonumbers,
        ],
      );
      return;
    }
    case 'save_link_rule': {
      const { rule } = step;
      await client.query(
        'insert into formwork.link_rules (entity_type, field, target, slot, on_delete) values ($1,$2,$3,$4,$5)',
        [rule.entityType, rule.field, rule.target, rule.slot, rule.onDelete],
      );
      return;
    }
    case 'use_view':
      await client.query('set role formwork_designer');
      await client.query(step.view.text.replace('create view', 'create or replace view'));
      await client.query('reset role');
      return;
    default:
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
