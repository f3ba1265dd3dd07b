import type { Registry } from '@formwork/registry';
import type { OperationName } from './operation.ts';

export type RawMode = 'jsonb' | 'native';

interface Words {
  readonly customers: string;
  readonly products: string;
  readonly orders: string;
  readonly items: string;
  /** Columns. */
  readonly customer: string;
  readonly order: string;
  readonly product: string;
  /** What an index knows the status and the day by. */
  readonly status: string;
  readonly placedAt: string;
  /** What a partial index wants to hear before it serves the newest. */
  readonly isListed: string;
  /** Condition on the tenant; under row-level security there is nothing to say. "$workspace" becomes a parameter, the last one. */
  readonly own: (alias: string) => string;
}

const native: Words = {
  customers: 'native.customers',
  products: 'native.products',
  orders: 'native.orders',
  items: 'native.order_items',
  customer: 'customer_id',
  order: 'order_id',
  product: 'product_id',
  status: 'status',
  placedAt: 'placed_at',
  isListed: 'true',
  own: (alias) => `${alias}.workspace_id = $workspace and`,
};

function jsonb({ entities }: Registry): Words {
  const view = (key: string) =>
    `formwork_views.${entities.find((entity) => entity.key === key)?.viewName ?? ''}`;
  return {
    customers: view('customer'),
    products: view('product'),
    orders: view('order'),
    items: view('order_item'),
    customer: 'customer',
    order: '"order"',
    product: 'product',
    status: '_status',
    placedAt: '_placed_at',
    isListed: 'o._placed_at is not null',
    own: () => '',
  };
}

const currentTenant = `current_setting('app.tenant_id')::uuid`;

/**
 * For each operation the one statement that a person would write for it, which gives the text of the whole answer. It
 * is what a gateway would have to reach that did nothing but send it.
 */
export function rawStatements(mode: RawMode, registry: Registry): Readonly<Record<OperationName, string>> {
  const words = mode === 'native' ? native : jsonb(registry);
  const { customers, products, orders, items, customer, order, product, status, placedAt, isListed, own } =
    words;
  const fields = `'number', o.number, 'status', o.status, 'total', o.total::text, 'placedAt', o.placed_at`;
  const newest = `order by o.${placedAt} desc, o.id desc limit 20`;
  const list = (condition: string) => `
    select json_build_object('data', json_build_object('orders', json_build_object(
      'totalCount', (select count(*) from ${orders} o where ${own('o')} ${condition}),
      'nodes', (select coalesce(json_agg(j), '[]') from (
        select json_build_object('id', o.id, ${fields}) j from ${orders} o
        where ${own('o')} ${isListed} and ${condition} ${newest}) x))))::text`;
  return {
    byId: `select json_build_object('data', json_build_object('order', (
      select json_build_object('id', o.id, ${fields}) from ${orders} o where ${own('o')} o.id = $1::uuid)))::text`,
    selective: list(`o.${customer} = $1::uuid`),
    count: list(`o.${status} = $1`),
    nested: `select json_build_object('data', json_build_object('orders', json_build_object('nodes', (
      select coalesce(json_agg(j), '[]') from (
        select json_build_object('id', o.id, ${fields},
          'customer', (select json_build_object('id', c.id, 'name', c.name, 'city', c.city) from ${customers} c
                       where ${own('c')} c.id = o.${customer}),
          'items', json_build_object('nodes', (select coalesce(json_agg(j), '[]') from (
            select json_build_object('id', i.id, 'quantity', i.quantity, 'unitPrice', i.unit_price::text, 'product', (
              select json_build_object('id', p.id, 'title', p.title, 'price', p.price::text) from ${products} p
              where ${own('p')} p.id = i.${product})) j
            from ${items} i where ${own('i')} i.${order} = o.id order by i.id limit 5) y))) j
        from (select * from ${orders} o where ${own('o')} ${isListed} ${newest}) o) x))))::text`,
    aggregate: `select json_build_object('data', json_build_object('groups', json_agg(j)))::text from (
      select json_build_object('keys', json_build_array(o.status), 'sum', json_build_object('total', sum(o.total)::text),
        'avg', json_build_object('total', avg(o.total)::text)) j
      from ${orders} o where ${own('o')} true group by o.status) x`,
    search: `select json_build_object('data', json_build_object('products', json_build_object('nodes', coalesce(json_agg(j), '[]'))))::text
      from (select json_build_object('id', p.id, 'sku', p.sku, 'title', p.title) j from ${
        mode === 'native'
          ? 'native.search_products($workspace, $1) p'
          : `formwork.search_records('product', $1, null, true) f join ${products} p on p.id = f.id order by f.rank desc, f.id`
      } limit 10) x`,
    create:
      mode === 'native'
        ? insertNative('json_build_array($1::json)')
        : insertRecords('json_build_array($1::json)'),
    bulk: mode === 'native' ? insertNative('$1::json', true) : insertRecords('$1::json', true),
    update: `with changed as (${
      mode === 'native'
        ? `update native.orders o set note = $2 where ${own('o')} id = $1::uuid returning id, note`
        : `update formwork.records set data = jsonb_set(data, '{note}', to_jsonb($2::text))
             where tenant_id = ${currentTenant} and id = $1::uuid and entity_type = 'order' returning id, data ->> 'note' note`
    })
      select json_build_object('data', json_build_object('updated', json_build_object('order',
        json_build_object('id', id, 'note', note))))::text from changed`,
  };
}

const answer = (isBulk: boolean, fields: string) =>
  isBulk
    ? `select json_build_object('data', json_build_object('created', json_build_object('orders',
         json_agg(json_build_object('number', number)))))::text from made`
    : `select json_build_object('data', json_build_object('created', json_build_object('order',
         json_build_object(${fields}))))::text from made`;

const insertNative = (rows: string, isBulk = false) => `
  with made as (insert into native.orders (workspace_id, customer_id, number, status, total, note, placed_at)
    select $workspace, x.* from json_to_recordset(${rows})
      as x(customer uuid, number text, status text, total numeric, note text, placed_at timestamptz)
    returning *)
  ${answer(isBulk, `'number', number, 'status', status, 'total', total::text, 'placedAt', placed_at`)}`;

const insertRecords = (rows: string, isBulk = false) => `
  with made as (insert into formwork.records (tenant_id, entity_type, data)
    select ${currentTenant}, 'order', x from jsonb_array_elements((${rows})::jsonb) x
    returning data, data ->> 'number' number)
  ${answer(isBulk, `'number', number, 'status', data ->> 'status', 'total', data ->> 'total', 'placedAt', data ->> 'placed_at'`)}`;
