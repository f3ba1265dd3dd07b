import { connectDataPlane, type DataPlane, type Statement, sql } from '@formwork/pg';
import { createRecords, Memory, ReadPlans } from '@formwork/records';
import type { Registry } from '@formwork/registry';
import { buildGraphqlSchema, printTenantSchema } from '@formwork/schema-factory';
import { asAdmin, createTestDatabase, createTestTenant } from '@formwork/testkit';
import { execute, type GraphQLSchema } from 'graphql';
import { createLogger } from '../../src/log.ts';
import { answerPlanned } from '../../src/operations/answer-planned.ts';
import { Documents } from '../../src/operations/documents.ts';
import { prepareOperation } from '../../src/operations/prepare.ts';
import { presentResult } from '../../src/operations/present-result.ts';
import { RecordBudget } from '../../src/operations/record-budget.ts';
import { settings } from '../../src/settings.ts';
import { design } from './design.ts';
import { Model, type NaiveRecord } from './model.ts';
import type { Rows } from './records-data.ts';

const cursorSecret = 'a secret for tests alone';

/** How a query is answered: by planned reads; by the executor, with what is behind links in the same statement, or by loaders. */
export type Way = 'planned' | 'nested' | 'loaders';

export interface Request {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

/** An answer as a client gets it. */
export interface Answer {
  /** The very characters. */
  readonly text?: string;
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

/** Our schema over a real Postgres, as the gateway puts it together, without HTTP. */
export interface Subject {
  readonly model: Model;
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** What was unexpected, from the log. */
  readonly faults: unknown[];
  ask(request: Request, way: Way): Promise<Answer>;
  /** How many answers were written by planned reads, to the end. */
  readonly planned: () => number;
  close(): Promise<void>;
}

export async function openSubject(rows: Rows): Promise<Subject> {
  const database = await createTestDatabase();
  const dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 4, budget: 60_000 });
  const { tenantId, registry, version } = await createTestTenant(database, 'differential', design);
  await insert(dataPlane, tenantId, version, rows);
  const model = new Model(registry, await readBack(database, tenantId, registry));
  const schema = buildGraphqlSchema(registry);
  const faults: unknown[] = [];
  const logger = createLogger(
    { logLevel: 'error' },
    { write: (line: string) => faults.push(JSON.parse(line)) },
  );
  const memory = new Memory(50_000_000);
  const documents = new Documents({
    maxDocument: Number(settings.maxDocument.parse(undefined)),
    maxTokens: Number(settings.maxTokens.parse(undefined)),
    maxCost: 1_000_000_000_000,
    defaultPage: 50,
    maxDepth: Number(settings.maxDepth.parse(undefined)),
    maxAliases: Number(settings.maxAliases.parse(undefined)),
    maxRootFields: Number(settings.maxRootFields.parse(undefined)),
    introspection: true,
    memory,
  });
  const plans = new ReadPlans({ cursorSecret, memory });
  let planned = 0;
  return {
    planned: () => planned,
    model,
    schema,
    sdl: printTenantSchema(schema),
    faults,
    ask: async (request, way) => {
      const params = { ...request, documentId: null, extensions: null };
      const shape = registry.apiShape;
      const prepared = prepareOperation(documents, { schema, shape, params, method: 'POST', role: 'viewer' });
      if (prepared.refused !== null) return asAnswer(JSON.stringify({ errors: prepared.refused }));
      const run = async (statements: readonly Statement[]) =>
        (await dataPlane.read(tenantId, statements)).results;
      if (way === 'planned') {
        const { result } = await answerPlanned({
          plans,
          reader: { registry, tenantId, role: 'viewer', actor: 'key:test', claims: {} },
          schema,
          prepared,
          variables: request.variables,
          run,
          budget: new RecordBudget({
            maxRecords: 1_000_000,
            deadline: performance.now() + 60_000,
            signal: new AbortController().signal,
          }),
          visit: { log: logger },
        });
        planned += result === null ? 0 : 1;
        if (result?.stringify) return asAnswer(result.stringify());
      }
      const records = createRecords({
        registry,
        tenantId,
        execute: run,
        cursorSecret,
        actor: 'key:test',
        role: 'viewer',
        mode: 'query',
        links: way === 'loaders' ? 'loaders' : 'nested',
      });
      const result = await execute({
        schema,
        document: prepared.document,
        contextValue: { records },
        variableValues: request.variables,
        operationName: request.operationName,
      });
      return asAnswer(JSON.stringify(presentResult(result, logger)));
    },
    close: async () => {
      await dataPlane.close();
      await database.drop();
    },
  };
}

/** As it goes over the wire. */
function asAnswer(text: string): Answer {
  return { ...(JSON.parse(text) as Answer), text };
}

async function insert(
  dataPlane: DataPlane,
  tenantId: string,
  version: number,
  { records, links, deleted }: Rows,
): Promise<void> {
  const entities = [...new Set(records.map(({ entity }) => entity))];
  // A transaction for each entity: links are checked when it ends, and the times of creation differ.
  for (const entity of entities) {
    const rows = records.filter((record) => record.entity === entity);
    const text = `[${rows.map(({ id, data }) => `{"id":"${id}","data":${data}}`).join()}]`;
    const pairs = links.filter((link) => link.entity === entity);
    await dataPlane.write(tenantId, version, async (transaction) => {
      await transaction.run([
        sql`insert into formwork.records (id, entity_type, data)
          select i.id, ${entity}::text, i.data from jsonb_to_recordset(${text}::jsonb) as i (id uuid, data jsonb)`,
      ]);
      await transaction.run([
        sql`insert into formwork.record_links (entity_type, field, source_id, target_id)
          select ${entity}::text, l.field, l.source, l.target
          from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as l (field text, source uuid, target uuid)`,
      ]);
    });
  }
  await dataPlane.write(tenantId, version, async (transaction) => {
    const ids = sql.join(deleted.map((id) => sql`${id}::uuid`));
    await transaction.run([sql`update formwork.records set deleted_at = now() where id in (${ids})`]);
    // Some are newer than others.
    await transaction.run([
      sql`update formwork.records set updated_by = 'key:other' where deleted_at is null and id::text like '%3'`,
    ]);
  });
}

interface TableRow {
  readonly id: string;
  readonly entity_type: string;
  readonly version: number;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly updated_at: string;
  readonly updated_by: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** Each value as text, so that no digit is lost. */
  readonly texts: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, readonly string[]>> | null;
}

/** The records as the table has them, past all views and policies. */
async function readBack(
  database: { readonly adminUrl: string },
  tenantId: string,
  registry: Registry,
): Promise<NaiveRecord[]> {
  const { rows } = await asAdmin(database, (client) =>
    client.query(
      `select r.id, r.entity_type, r.version, r.created_by, r.updated_by, r.data,
         to_jsonb(r.created_at at time zone 'UTC') #>> '{}' || 'Z' as created_at,
         to_jsonb(r.updated_at at time zone 'UTC') #>> '{}' || 'Z' as updated_at,
         (select jsonb_object_agg(key, value #>> '{}') from jsonb_each(r.data)) as texts,
         (select jsonb_object_agg(l.field, l.ids) from (
           select field, jsonb_agg(target_id) as ids from formwork.record_links
           where tenant_id = r.tenant_id and source_id = r.id group by field) l) as links
       from formwork.records r where r.tenant_id = $1 and r.deleted_at is null order by r.id`,
      [tenantId],
    ),
  );
  return (rows as unknown as TableRow[]).map((row) => recordOf(registry, row));
}

function recordOf(registry: Registry, row: TableRow): NaiveRecord {
  const entity = registry.entityByStorageKey.get(row.entity_type);
  if (entity === undefined) throw new Error(`There is no entity "${row.entity_type}"`);
  const values: Record<string, unknown> = {};
  for (const { name, storageKey, type, choices } of entity.fields) {
    const [value, text] = [row.data[storageKey] ?? null, row.texts[storageKey]];
    const nameOf = (key: unknown) => choices.find((choice) => choice.key === key)?.name;
    if (value === null || text === undefined) values[name] = null;
    else if (type === 'decimal') values[name] = text;
    else if (type === 'currency') values[name] = { ...(value as object), amount: amountIn(text) };
    else if (type === 'select') values[name] = nameOf(value);
    else if (type === 'multi_select') values[name] = (value as string[]).map(nameOf);
    else values[name] = value;
  }
  const links = Object.fromEntries(
    entity.fields
      .filter(({ type }) => type === 'links')
      .map(({ name, storageKey }) => [name, row.links?.[storageKey] ?? []]),
  );
  return {
    typeName: entity.names.type,
    id: row.id,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    values,
    links,
  };
}

function amountIn(text: string): string {
  return /"amount": (-?[\d.]+)/.exec(text)?.[1] ?? '';
}
