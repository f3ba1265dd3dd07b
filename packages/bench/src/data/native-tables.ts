import { identifier, withAdmin } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import type { Home } from '../home.ts';

/**
 * The shop as somebody who needs no registry would build it: a table for each entity, typed columns, the indexes that
 * its queries want. `bench_native` owns them and sees everything; `bench_tenant` is under row-level security.
 */
const tables = `
  drop schema if exists native cascade;
  create schema native;
  create table native.customers (
    id uuid primary key default uuidv7(), workspace_id uuid not null,
    name text not null, email text, city text);
  create table native.products (
    id uuid primary key default uuidv7(), workspace_id uuid not null,
    sku text not null, title text not null, price numeric(12, 2) not null, stock int,
    words tsvector generated always as (to_tsvector('simple', title)) stored,
    unique (workspace_id, sku));
  create table native.orders (
    id uuid primary key default uuidv7(), workspace_id uuid not null,
    customer_id uuid not null references native.customers, number text not null, status text not null
      check (status in ('pending', 'paid', 'shipped', 'delivered', 'refunded')),
    total numeric(12, 2) not null, note text, placed_at timestamptz not null);
  create table native.order_items (
    id uuid primary key default uuidv7(), workspace_id uuid not null,
    order_id uuid not null references native.orders on delete cascade,
    product_id uuid not null references native.products,
    quantity int not null, unit_price numeric(12, 2) not null, line int);
  create function native.search_products(workspace uuid, query text) returns setof native.products stable language sql
    as $$ select p.* from to_tsquery('simple', replace(query, ' ', ' & ') || ':*') q, native.products p
          where p.workspace_id = workspace and p.words @@ q order by ts_rank(p.words, q) desc, p.id $$;
  comment on column native.products.words is '@behavior -*';`;

const indexes = `
  create index on native.customers (workspace_id, city, id);
  create index on native.products using gin (words);
  create index on native.orders (workspace_id, status, placed_at desc, id desc);
  create index on native.orders (workspace_id, placed_at desc, id desc);
  create index on native.orders (customer_id);
  create index on native.order_items (order_id, id);
  create index on native.order_items (product_id);`;

const names = ['customers', 'products', 'orders', 'order_items'] as const;

/** Columns of the native table, and what the view of ours calls them. */
const columns: Readonly<Record<(typeof names)[number], Readonly<Record<string, string>>>> = {
  customers: { name: 'name', email: 'email', city: 'city' },
  products: { sku: 'sku', title: 'title', price: 'price', stock: 'stock' },
  orders: {
    customer_id: 'customer',
    number: 'number',
    status: 'status',
    total: 'total',
    note: 'note',
    placed_at: 'placed_at',
  },
  order_items: {
    order_id: 'order',
    product_id: 'product',
    quantity: 'quantity',
    unit_price: 'unit_price',
    line: 'line',
  },
};

export interface NativeUrls {
  readonly owner: string;
  readonly tenant: string;
}

/** Makes the native tables with the very records of all tenants, and the two logins; then analyzes everything. */
export async function makeNativeTables({ postgres }: Home, registry: Registry): Promise<void> {
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query(tables);
    for (const name of names) {
      const view = registry.entities.find(({ plural }) => plural === name)?.viewName ?? '';
      const targets = Object.keys(columns[name]).map(identifier).join(', ');
      const sources = Object.values(columns[name])
        .map((column) => `v.${identifier(column)}`)
        .join(', ');
      await admin.query(
        `insert into native.${name} (id, workspace_id, ${targets})
           select r.id, r.tenant_id, ${sources}
             from formwork_views.${identifier(view)} v join formwork.records r on r.id = v.id order by r.id`,
      );
    }
    await admin.query(indexes);
    for (const role of ['bench_native', 'bench_tenant']) {
      await admin.query(
        `do $$ begin create role ${role} login; exception when duplicate_object then null; end $$`,
      );
    }
    await admin.query(access);
    await admin.query('vacuum analyze');
  });
}

const access = `
  grant usage on schema native to bench_native, bench_tenant;
  alter schema native owner to bench_native;
  ${names
    .map(
      (name) => `
  alter table native.${name} owner to bench_native;
  alter table native.${name} enable row level security;
  create policy tenant on native.${name} using (workspace_id = current_setting('app.tenant_id')::uuid);
  grant select, insert, update, delete on native.${name} to bench_tenant;`,
    )
    .join('')}
  alter function native.search_products(uuid, text) owner to bench_native;`;

/** How to connect as the two; they get a password each time a bench begins. */
export async function nativeUrls({ postgres }: Home): Promise<NativeUrls> {
  const password = crypto.randomUUID();
  await withAdmin(postgres.adminUrl, async (admin) => {
    for (const role of ['bench_native', 'bench_tenant'])
      await admin.query(`alter role ${role} password '${password}'`);
  });
  const urlOf = (role: string) => {
    const url = new URL(postgres.adminUrl);
    url.username = role;
    url.password = password;
    return url.href;
  };
  return { owner: urlOf('bench_native'), tenant: urlOf('bench_tenant') };
}
