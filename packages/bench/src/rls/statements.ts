import type { Entity, Registry } from '@formwork/registry';

/** A statement without a condition on the tenant, which the policy adds; `$own` is where a hand would write it. */
export interface OwnedStatement {
  readonly title: string;
  readonly text: string;
  readonly values: (index: number) => readonly string[];
  /** Times that one message repeats it, so that the way there and back does not hide what is measured. */
  readonly repeat: number;
  readonly reusesPlan: boolean;
}

export interface Ids {
  readonly orders: readonly string[];
  readonly customers: readonly string[];
}

/** What lists and look-ups of the shop come down to, over `records` itself. */
export function ownedStatements(registry: Registry, { orders, customers }: Ids): readonly OwnedStatement[] {
  const order = registry.entities.find(({ key }) => key === 'order');
  if (order === undefined) throw new Error('The shop has no orders');
  const slot = slotsOf(order);
  const columns = `r.id, r.data ->> 'number', r.data ->> 'status', r.data ->> 'total', r.data ->> 'placed_at'`;
  const from = `from formwork.records r where $own r.entity_type = 'order' and r.deleted_at is null`;
  return [
    {
      title: 'by id',
      text: `select ${columns} ${from} and r.id = $1::uuid`,
      values: (index) => [orders[index % orders.length] ?? ''],
      repeat: 200,
      reusesPlan: true,
    },
    {
      title: 'the same, planned each time',
      text: `select ${columns} ${from} and r.id = $1::uuid`,
      values: (index) => [orders[index % orders.length] ?? ''],
      repeat: 200,
      reusesPlan: false,
    },
    {
      title: 'first 20 of one status, newest first, by indexed slots',
      text: `select ${columns} ${from} and r.${slot('status')} = $1 and r.${slot('placed_at')} is not null
        order by r.${slot('placed_at')} desc, r.id desc limit 20`,
      values: () => ['pending'],
      repeat: 20,
      reusesPlan: false,
    },
    {
      title: 'orders of a customer, newest first',
      text: `select ${columns} ${from} and r.${slot('customer')} = $1::uuid order by r.${slot('placed_at')} desc, r.id desc limit 20`,
      values: (index) => [customers[index % customers.length] ?? ''],
      repeat: 100,
      reusesPlan: false,
    },
    {
      title: 'count of one status',
      text: `select count(*) ${from} and r.${slot('status')} = $1`,
      values: () => ['refunded'],
      repeat: 10,
      reusesPlan: false,
    },
    {
      title: 'count of all',
      text: `select count(*) ${from}`,
      values: () => [],
      repeat: 3,
      reusesPlan: false,
    },
  ];
}

function slotsOf(entity: Entity): (key: string) => string {
  return (key) => {
    const column = entity.fields.find((field) => field.key === key)?.slot?.column;
    if (column === undefined) throw new Error(`"${key}" has no slot`);
    return column;
  };
}
