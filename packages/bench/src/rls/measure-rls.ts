import { connectDataPlane, type DataPlane, type Statement } from '@formwork/pg';
import { readSamples } from '../compare/build-requests.ts';
import { fullShop, openShop, quickShop, type Shop } from '../data/shop.ts';
import { inTurn, type Series, timed } from '../load/in-turn.ts';
import { describeMachine } from '../machine.ts';
import { decimal, whole } from '../report/format.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Report } from '../report/report.ts';
import { tell } from '../tell.ts';
import { freeRoleUrl } from './free-role.ts';
import { type OwnedStatement, ownedStatements } from './statements.ts';

export interface RlsSettings {
  readonly rounds: number;
  /** Of the large tenant; the shop that has as many, or the smallest one. */
  readonly orders: number;
}

/** The same statements under row-level security, and with the condition that a careful hand would write. */
export async function measureRls({ rounds, orders }: RlsSettings): Promise<Report> {
  const isFull = orders >= fullShop.large.orders;
  const shop = await openShop(isFull ? 'shop' : 'shop-quick', isFull ? fullShop : quickShop);
  const free = connectDataPlane({ url: await freeRoleUrl(shop.home), budget: 600_000 });
  try {
    const machine = await describeMachine(shop.home);
    const lines = await measureAll(shop, free, rounds);
    return {
      title: 'What row-level security costs',
      machine,
      sections: [
        markdownTable(
          ['statement', 'with RLS, ms', 'condition by hand, ms', 'RLS / by hand', 'spread'],
          lines.map(({ title, guarded, byHand }) => [
            title,
            decimal(guarded.median, 3),
            decimal(byHand.median, 3),
            decimal(guarded.median / byHand.median, 3),
            `±${whole(guarded.spread * 50)} %, ±${whole(byHand.spread * 50)} %`,
          ]),
        ),
        `Milliseconds of one statement, planning included where it is planned; ${rounds} rounds, in turn.`,
      ],
      figures: lines,
    };
  } finally {
    await free.close();
    await shop.home.close();
  }
}

interface Line {
  readonly title: string;
  readonly guarded: Series;
  readonly byHand: Series;
}

async function measureAll(shop: Shop, free: DataPlane, rounds: number): Promise<readonly Line[]> {
  const [tenant] = shop.tenants;
  const [sample] = await readSamples(shop);
  if (tenant === undefined || sample === undefined) throw new Error('There is no tenant');
  const lines: Line[] = [];
  for (const statement of ownedStatements(tenant.registry, sample)) {
    tell(statement.title);
    const guarded = batch(statement, null);
    const byHand = batch(statement, tenant.id);
    const ask = (plane: DataPlane, statements: readonly Statement[]) => async () => {
      const { results } = await plane.read(tenant.id, statements);
      const failed = results.find((result) => result instanceof Error);
      if (failed instanceof Error) throw failed;
      return results;
    };
    await assertAlike(statement, ask(shop.home.dataPlane, guarded), ask(free, byHand));
    const run = (plane: DataPlane, statements: readonly Statement[]) => async () =>
      (await timed(ask(plane, statements))) / statement.repeat;
    const [first, second] = await inTurn(
      [
        { name: 'guarded', run: run(shop.home.dataPlane, guarded) },
        { name: 'byHand', run: run(free, byHand) },
      ],
      rounds,
    );
    if (first === undefined || second === undefined) throw new Error('Nothing was measured');
    lines.push({ title: statement.title, guarded: first, byHand: second });
  }
  return lines;
}

/** One message: the statement so many times, with the tenant as a condition where it is given. */
function batch(
  { text, values, repeat, reusesPlan }: OwnedStatement,
  tenant: string | null,
): readonly Statement[] {
  return Array.from({ length: repeat }, (_, index) => {
    const own = values(index * 13);
    return {
      text: text.replaceAll('$own', tenant === null ? '' : `r.tenant_id = $${own.length + 1}::uuid and`),
      values: tenant === null ? own : [...own, tenant],
      reusesPlan,
    };
  });
}

async function assertAlike(
  { title }: OwnedStatement,
  guarded: () => Promise<unknown>,
  byHand: () => Promise<unknown>,
): Promise<void> {
  if (JSON.stringify(await guarded()) !== JSON.stringify(await byHand()))
    throw new Error(`"${title}" gives other rows by hand`);
}
