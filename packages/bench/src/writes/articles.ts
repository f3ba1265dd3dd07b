/**
 * What is written: an article of a category, with a unique key, a link, a choice of states and three fields that are
 * indexed. The native table has the same constraints and as many indexes.
 */
export const articleDocument = {
  formwork: 1,
  entities: [
    {
      key: 'category',
      plural: 'categories',
      fields: [{ key: 'name', type: 'text', required: true }],
    },
    {
      key: 'article',
      plural: 'articles',
      fields: [
        {
          key: 'category',
          type: 'link',
          required: true,
          options: { target: 'category', inverse: 'articles', onDelete: 'restrict' },
        },
        { key: 'sku', type: 'text', required: true, unique: true },
        { key: 'title', type: 'text', required: true, options: { maxLength: 200 } },
        {
          key: 'state',
          type: 'select',
          required: true,
          indexed: true,
          options: { choices: ['draft', 'listed', 'sold'].map((key) => ({ key })) },
        },
        {
          key: 'price',
          type: 'decimal',
          required: true,
          indexed: true,
          options: { precision: 12, scale: 2, min: '0' },
        },
        { key: 'stock', type: 'integer', options: { min: 0 } },
        { key: 'listed_at', type: 'datetime', required: true, indexed: true },
      ],
    },
  ],
};

/** Owned by `bench_native`, as by somebody who needs no registry: no policy, the tenant is a column. */
export const nativeArticles = `
  drop schema if exists native cascade;
  create schema native;
  create table native.categories (
    workspace_id uuid not null, id uuid not null default uuidv7(), name text not null,
    primary key (workspace_id, id));
  create table native.articles (
    workspace_id uuid not null, id uuid not null default uuidv7(),
    category_id uuid not null,
    sku text not null,
    title text not null check (length(title) <= 200),
    state text not null check (state in ('draft', 'listed', 'sold')),
    price numeric(12, 2) not null check (price >= 0),
    stock int check (stock >= 0),
    listed_at timestamptz not null,
    version int not null default 1,
    created_at timestamptz not null default now(), created_by text,
    updated_at timestamptz not null default now(), updated_by text,
    primary key (workspace_id, id),
    unique (workspace_id, sku),
    foreign key (workspace_id, category_id) references native.categories (workspace_id, id));
  create index on native.articles (workspace_id, category_id, id);
  create index on native.articles (workspace_id, state, id);
  create index on native.articles (workspace_id, price, id);
  create index on native.articles (workspace_id, listed_at, id);
  do $$ begin create role bench_native login; exception when duplicate_object then null; end $$;
  grant usage on schema native to bench_native;
  grant select, insert on all tables in schema native to bench_native;`;

/** Rows of any number in one statement, as one parameter; "$workspace" becomes one, the last one. */
export const insertArticles = `
  insert into native.articles (workspace_id, category_id, sku, title, state, price, stock, listed_at, created_by, updated_by)
    select $workspace, x.category, x.sku, x.title, x.state, x.price, x.stock, x.listed_at, 'bench', 'bench'
      from json_to_recordset($1::json)
        as x(category uuid, sku text, title text, state text, price numeric, stock int, listed_at timestamptz)
    returning id`;

export interface Article {
  readonly category: string;
  readonly sku: string;
  readonly title: string;
  readonly state: string;
  readonly price: string;
  readonly stock: number;
  readonly listedAt: string;
}

const states = ['draft', 'listed', 'sold'];

export function article(index: number, categories: readonly string[]): Article {
  return {
    category: categories[(index * 7919) % categories.length] ?? '',
    sku: `SKU-${index}`,
    title: `Article number ${index} of the bench`,
    state: states[index % states.length] ?? '',
    price: ((100 + ((index * 31) % 90_000)) / 100).toFixed(2),
    stock: index % 100,
    listedAt: new Date(Date.UTC(2026, 0, 1) + index * 61_000).toISOString(),
  };
}

/** As the native table calls it. */
export const asRow = ({ listedAt, ...rest }: Article) => ({ ...rest, listed_at: listedAt });

/** As it is stored: decimals are numbers, moments have no fraction of nothing. */
export const asData = ({ listedAt, price, ...rest }: Article) => ({
  ...rest,
  price: Number(price),
  listed_at: listedAt.replace('.000Z', 'Z'),
});

/** As records take it, which name choices as GraphQL does, and as the API takes it. */
export const asInput = ({ category, state, ...rest }: Article) => ({
  ...rest,
  state: state.toUpperCase(),
  category: { id: category },
});
