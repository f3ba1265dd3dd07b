import { type AdminClient, type DataPlane, withAdmin } from '@formwork/pg';
import { createRecords, type OperationRecords } from '@formwork/records';
import type { Registry } from '@formwork/registry';
import { BenchFailure } from '../failure.ts';
import { type Article, asData, asInput, asRow, insertArticles } from './articles.ts';

/** Somebody who writes articles: each call is one transaction, and gives the ids back. */
export interface Writer {
  readonly name: 'native' | 'storage' | 'records' | 'gateway';
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
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(
          inputs.length === 1
            ? { query: single, variables: { input: inputs[0] } }
            : { query: many, variables: { inputs } },
        ),
      });
      const text = await response.text();
      if (!response.ok || text.includes('"errors"'))
        throw new BenchFailure(`The gateway refuses a write: ${text.slice(0, 500)}`);
    },
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
  return {
    name: 'native',
    write: async (articles) => {
      const client = free.pop();
      if (client === undefined) throw new Error('More writes at once than connections');
      try {
        const rows = JSON.stringify(articles.map(asRow));
        await client.query({ name: 'insert', text: insertArticles, values: [workspace, rows] });
      } finally {
        free.push(client);
      }
    },
    close: () => {
      for (const end of ends) end();
    },
  };
}
