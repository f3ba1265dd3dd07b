import { type AdminClient, type DataPlane, withAdmin } from '@formwork/pg';
import { createRecords, type OperationRecords } from '@formwork/records';
import type { Registry } from '@formwork/registry';
import { BenchFailure } from '../failure.ts';
import { rawStatements } from '../operations/raw-statements.ts';
import { startRawServer } from '../targets/raw.ts';
import { type Article, asData, asInput, asRow, insertArticles } from './articles.ts';

/** Somebody who writes articles: each call is one transaction, and gives the ids back. */
export interface Writer {
  readonly name: 'native' | 'native over HTTP' | 'storage' | 'records' | 'gateway';
  write(articles: readonly Article[]): Promise<void>;
}

export interface Tenant {
  readonly id: string;
  readonly version: number;
  readonly registry: Registry;
  readonly key: string;
}

const insertData = `
  insert into formwork.records (entity_type, data, created_by, updated_by)
    select 'article', x, 'bench', 'bench' from jsonb_array_elements($1::jsonb) x returning id`;

/** What the storage takes by itself, with its triggers and constraints: one statement, nothing validated before. */
export function storageWriter(dataPlane: DataPlane, { id, version }: Tenant): Writer {
  return {
    name: 'storage',
    write: async (articles) => {
      const data = JSON.stringify(articles.map(asData));
      await dataPlane.write(id, version, (transaction) =>
        transaction.run([{ text: insertData, values: [data] }]),
      );
    },
  };
}

/** Without HTTP and GraphQL: validation, transaction and reading back as in a mutation. */
export function recordsWriter(dataPlane: DataPlane, { id, version, registry }: Tenant): Writer {
  return {
    name: 'records',
    write: (articles) =>
      dataPlane.write(id, version, async (transaction) => {
        const records: OperationRecords = createRecords({
          registry,
          tenantId: id,
          execute: transaction.run.bind(transaction),
          cursorSecret: 'bench',
          actor: 'bench',
          mode: 'mutation',
        });
        const inputs = articles.map(asInput);
        const [first] = inputs;
        if (first !== undefined && inputs.length === 1)
          await records.create('Article', first, { fields: ['id'] });
        else await records.createMany('Article', inputs, { fields: ['id'] });
        await records.finishWrites();
      }),
  };
}

const single = 'mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id } } }';
const many =
  'mutation ($inputs: [CreateArticleInput!]!) { createArticles(inputs: $inputs) { articles { id } } }';

export function gatewayWriter(url: string, { key }: Tenant): Writer {
  return {
    name: 'gateway',
    write: async (articles) => {
      const inputs = articles.map(asInput);
      await post(
        url,
        { authorization: `Bearer ${key}` },
        inputs.length === 1
          ? { query: single, variables: { input: inputs[0] } }
          : { query: many, variables: { inputs } },
      );
    },
  };
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"errors"'))
    throw new BenchFailure(`A write is refused: ${text.slice(0, 500)}`);
}

/** The native insert behind node:http in a process of its own, as our gateway is: what the protocol alone costs. */
export async function nativeHttpWriter(
  nativeUrl: string,
  { id, version, registry }: Tenant,
): Promise<Writer & { stop(): Promise<void> }> {
  const insert = `with made as (${insertArticles}) select json_agg(id)::text from made`;
  const { greeting, stop } = await startRawServer({
    mode: 'native',
    url: nativeUrl,
    statements: { ...rawStatements('native', registry), bulk: insert },
    version,
  });
  return {
    name: 'native over HTTP',
    write: (articles) => {
      const values = [JSON.stringify(articles.map(asRow))];
      return post(greeting.url, { 'x-tenant': id }, { operation: 'bulk', values });
    },
    stop,
  };
}

/** node-postgres, statements prepared, as many connections as the others have. */
export async function nativeWriter(
  url: string,
  workspace: string,
  connections: number,
): Promise<Writer & { close(): void }> {
  const ends: (() => void)[] = [];
  const free = await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<AdminClient>((resolve, reject) => {
          const lend = (client: AdminClient) =>
            new Promise<void>((end) => {
              ends.push(end);
              resolve(client);
            });
          withAdmin(url, lend).catch(reject);
        }),
    ),
  );
  const text = insertArticles.replace('$workspace', '$2::uuid');
  return {
    name: 'native',
    write: async (articles) => {
      const client = free.pop();
      if (client === undefined) throw new Error('More writes at once than connections');
      try {
        const rows = JSON.stringify(articles.map(asRow));
        await client.query({ name: 'insert', text, values: [rows, workspace] });
      } finally {
        free.push(client);
      }
    },
    close: () => {
      for (const end of ends) end();
    },
  };
}
