import { createRecords, type Values } from '@formwork/records';
import { demoActor, insertRecords, type LoadContext } from './load-context.ts';
import { range, toAmount } from './marketplace-values.ts';
import type { Random } from './random.ts';

const count = 450;
/** Orders were placed in the year before this day. */
const lastDay = Date.UTC(2026, 9, 31);

interface OrderPlaces {
  readonly accounts: readonly string[];
  readonly users: readonly string[];
  readonly byAccount: ReadonlyMap<string, readonly string[]>;
}

/** How an order came to where it is: the first status is one that a new order may have. */
const lives: readonly (readonly [number, readonly [string, ...string[]]])[] = [
  [0.06, ['draft']],
  [0.1, ['placed']],
  [0.12, ['placed', 'paid']],
  [0.14, ['placed', 'paid', 'shipped']],
  [0.06, ['placed', 'cancelled']],
  [0.04, ['draft', 'cancelled']],
  [1, ['placed', 'paid', 'shipped', 'completed']],
];

/** Orders with their items, each brought to its status step by step. */
export async function insertOrders(
  context: LoadContext,
  random: Random,
  { accounts, users, byAccount }: OrderPlaces,
): Promise<void> {
  const orders = range(count).map(() => {
    const seller = random.pick(accounts);
    const [first, ...rest] = pickLife(random);
    const placedAt = new Date(lastDay - random.integer(0, 365 * 24 * 60) * 60_000).toISOString();
    const input: Values = {
      account: { id: seller },
      customer: { id: random.pick(users) },
      status: first,
      ...(first === 'draft' ? {} : { placedAt }),
      ...(random.chance(0.1)
        ? {
            note: random.pick([
              'Please ring twice.',
              'A gift: no invoice, please.',
              'Leave it with the neighbours.',
            ]),
          }
        : {}),
    };
    return { input, rest, products: random.sample(byAccount.get(seller) ?? [], random.integer(1, 5)) };
  });
  const ids = await insertRecords(
    context,
    'Order',
    orders.map(({ input }) => input),
  );
  const items = orders.flatMap(({ products }, index) =>
    products.map((id) => orderItem(random, ids[index] ?? '', id)),
  );
  await insertRecords(context, 'OrderItem', items);
  const records = createRecords({
    ...context,
    actor: demoActor,
    mode: 'mutation',
    tenantId: '',
    cursorSecret: '',
  });
  for (const [index, { rest }] of orders.entries()) {
    for (const status of rest)
      await records.update('Order', ids[index] ?? '', { status }, null, { fields: [] });
  }
  await records.finishWrites();
}

function orderItem(random: Random, order: string, id: string): Values {
  // Without a price of its own an item takes the product's, as the design says.
  const discount = random.chance(0.1) ? { unitPrice: toAmount(random.integer(5, 50) * 100) } : {};
  return { order: { id: order }, product: { id }, quantity: random.integer(1, 4), ...discount };
}

function pickLife(random: Random): readonly [string, ...string[]] {
  let left = random.next();
  for (const [share, life] of lives) {
    if (left < share) return life;
    left -= share;
  }
  return ['draft'];
}
