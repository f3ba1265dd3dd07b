import type { EntityDocument, FieldDocument } from '@formwork/registry';
import { asAdmin } from '@formwork/testkit';
import type { Values } from '../src/index.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

const link = (
  target: string,
  onDelete: 'restrict' | 'cascade' | 'set_null',
  inverse: string,
): FieldDocument => ({
  key: target,
  type: 'link',
  options: { target, onDelete, inverse },
});

/**
 * Two kinds of payments, one found before orders and one behind them, and badges worn by many: all go with their account,
 * and each by itself would keep the order.
 */
const entities = (softDelete: boolean): EntityDocument[] => [
  { key: 'account', softDelete, fields: [{ key: 'name', type: 'text' }] },
  { key: 'order', softDelete, fields: [link('account', 'cascade', 'orders')] },
  ...['advance', 'payment'].map((key) => ({
    key,
    softDelete,
    fields: [link('account', 'cascade', `${key}s`), link('order', 'restrict', `${key}s`)],
  })),
  {
    key: 'wearer',
    softDelete,
    fields: [
      link('account', 'cascade', 'wearers'),
      { key: 'orders', type: 'links', options: { target: 'order', onDelete: 'restrict' } },
    ],
  },
  { key: 'letter', fields: [link('order', 'restrict', 'letters')] },
];

describe.each([
  ['that go', false],
  ['that are kept', true],
])('records %s with another', (_, softDelete) => {
  let harness: WriteHarness;
  beforeAll(async () => {
    harness = await createWriteHarness({ formwork: 1, entities: entities(softDelete) });
  });
  afterAll(() => harness.close());

  const create = async (type: string, input: Values): Promise<string> =>
    (await harness.mutate((records) => records.create(type, input, { fields: [] }))).id;
  const remove = (type: string, id: string) => harness.mutate((records) => records.delete(type, id, null));

  /** An account with an order, and one of each that would keep it. */
  async function make() {
    const account = await create('Account', {});
    const order = await create('Order', { account: { id: account } });
    const both = { account: { id: account }, order: { id: order } };
    const [advance, payment] = [await create('Advance', both), await create('Payment', both)];
    const wearer = await create('Wearer', { account: { id: account }, orders: { add: [{ id: order }] } });
    return { account, order, advance, payment, wearer };
  }

  const living = () =>
    asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(
        'select count(*)::int from formwork.records where deleted_at is null',
      );
      return rows[0].count;
    });

  test('restrict nothing, in whatever order they are come upon', async () => {
    const before = await living();
    const { account } = await make();
    await remove('Account', account);
    expect(await living()).toBe(before);
  });

  test('restrict nothing that goes by the same statement', async () => {
    const before = await living();
    const [first, second] = [await make(), await make()];
    const moved = { account: { id: second.account } };
    for (const [type, id] of [
      ['Advance', first.advance],
      ['Payment', first.payment],
      ['Wearer', first.wearer],
    ] as const) {
      await harness.mutate((records) => records.update(type, id, moved, null, { fields: [] }));
    }
    expect((await refusalOf(remove('Account', first.account))).code).toBe('DELETE_RESTRICTED');
    const both = { id: { in: [first.account, second.account] } };
    await harness.mutate((records) => records.deleteMany('Account', both, 2));
    expect(await living()).toBe(before);
  });

  test('are kept by what stays', async () => {
    const { account, order, payment } = await make();
    const other = await create('Account', {});
    await harness.mutate((records) =>
      records.update('Payment', payment, { account: { id: other } }, null, { fields: [] }),
    );
    const before = await living();
    expect(await refusalOf(remove('Account', account))).toMatchObject({
      code: 'DELETE_RESTRICTED',
      details: { type: 'Payment', field: 'order', records: [{ type: 'Payment', id: payment }] },
    });
    expect(await living()).toBe(before);
    await remove('Payment', payment);
    const letter = await create('Letter', { order: { id: order } });
    expect(await refusalOf(remove('Account', account))).toMatchObject({
      code: 'DELETE_RESTRICTED',
      details: { type: 'Letter', records: [{ id: letter }] },
    });
    await remove('Letter', letter);
    await remove('Account', account);
  });

  test('keep the order as long as they are there', async () => {
    const { order, advance, payment, wearer } = await make();
    for (const [type, id] of [
      ['Advance', advance],
      ['Payment', payment],
      ['Wearer', wearer],
    ] as const) {
      expect(await refusalOf(remove('Order', order))).toMatchObject({ details: { type, records: [{ id }] } });
      await remove(type, id);
    }
    await remove('Order', order);
  });
});
