import { createKey, createTenant } from '@formwork/directory';
import { withAdmin } from '@formwork/pg';
import { importRecords } from '@formwork/records';
import { applyRegistry } from '@formwork/registry-store';
import { type Home, openHome, removeHome } from '../home.ts';
import { articleDocument, nativeArticles } from './articles.ts';
import type { Tenant } from './writers.ts';

export interface Articles {
  readonly home: Home;
  readonly tenant: Tenant;
  /** Of a role that is no administrator. */
  readonly nativeUrl: string;
  readonly categories: readonly string[];
}

/** A tenant with 100 categories, the native tables with the same, and no article anywhere. */
export async function openArticles(): Promise<Articles> {
  await removeHome('writes');
  const home = await openHome('writes');
  const { id } = await createTenant(home.control, { slug: 'writes' });
  const { version, registry } = await applyRegistry(home.control, id, articleDocument, {
    appliedBy: 'bench',
  });
  const { key } = await createKey(home.control, id, { role: 'editor' });
  const names = Array.from({ length: 100 }, (_, index) => ({ name: `Category ${index}` }));
  const outcomes = await home.dataPlane.write(id, version, (transaction) =>
    importRecords(
      { registry, execute: transaction.run.bind(transaction), actor: 'bench' },
      'Category',
      names,
    ),
  );
  const categories = outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.id;
  });
  return {
    home,
    tenant: { id, version, registry, key },
    categories,
    nativeUrl: await makeNative(home, id, categories),
  };
}

async function makeNative(
  { postgres }: Home,
  workspace: string,
  categories: readonly string[],
): Promise<string> {
  const password = crypto.randomUUID();
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query(nativeArticles);
    await admin.query(`alter role bench_native password '${password}'`);
    await admin.query(
      `insert into native.categories (workspace_id, id, name) select $1::uuid, unnest($2::uuid[]), 'Category'`,
      [workspace, categories],
    );
  });
  const url = new URL(postgres.adminUrl);
  url.username = 'bench_native';
  url.password = password;
  return url.href;
}

/** All articles go, so that every run writes into as much as the one before. */
export async function forgetArticles({ postgres }: Home): Promise<void> {
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query('delete from native.articles');
    await admin.query('begin');
    // Nothing hangs on these records, so no trigger has to look.
    await admin.query('set local session_replication_role = replica');
    await admin.query("delete from formwork.records where entity_type = 'article'");
    await admin.query('commit');
    await admin.query('vacuum analyze native.articles');
    await admin.query('vacuum analyze formwork.records');
  });
}
