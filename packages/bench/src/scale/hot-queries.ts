import type { Statement } from '@formwork/pg';
import { type ConnectionArguments, createRecords } from '@formwork/records';
import type { Scale, ScaleTenant } from './open-scale.ts';
import { placedAt } from './scale-document.ts';

export interface Explained {
  readonly title: string;
  /** As `records` sends it. */
  readonly statement: string;
  readonly plan: string;
}

/** The three hot queries of a marketplace, as the API sends them, explained by Postgres as the gateway's role. */
export async function explainHotQueries(scale: Scale, tenant: ScaleTenant): Promise<readonly Explained[]> {
  const customer = await anyId(scale, tenant, 'Customer');
  const tag = await anyId(scale, tenant, 'Tag');
  const half = Math.floor(tenant.size / 2);
  const queries: readonly [string, string, ConnectionArguments][] = [
    [
      'orders of a customer, newest first',
      'Order',
      { first: 20, where: { customer: { id: { eq: customer } } }, orderBy: [{ placedAt: 'DESC' }] },
    ],
    [
      'orders by status and date',
      'Order',
      {
        first: 20,
        where: { status: { eq: 'REFUNDED' }, placedAt: { gte: placedAt(half) } },
        orderBy: [{ placedAt: 'DESC' }],
      },
    ],
    ['products by tag', 'Product', { first: 20, where: { tags: { some: { id: { eq: tag } } } } }],
  ];
  const explained: Explained[] = [];
  for (const [title, typeName, args] of queries)
    explained.push({ title, ...(await explain(scale, tenant, typeName, args)) });
  return explained;
}

async function explain(
  scale: Scale,
  tenant: ScaleTenant,
  typeName: string,
  args: ConnectionArguments,
): Promise<Omit<Explained, 'title'>> {
  const sent: Statement[] = [];
  await list(scale, tenant, typeName, args, sent);
  const [statement] = sent;
  if (statement === undefined) throw new Error('Nothing was sent');
  const { text, values } = statement;
  const explaining = { text: `explain (analyze, buffers) ${text}`, values };
  // Twice: what is explained is the second run, as for a query that is hot.
  const { results } = await scale.home.dataPlane.read(tenant.id, [explaining, explaining]);
  const [, rows] = results;
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('Nothing was explained');
  return { statement: text, plan: rows.map(([line]) => line).join('\n') };
}

async function anyId(scale: Scale, tenant: ScaleTenant, typeName: string): Promise<string> {
  const { edges } = await list(scale, tenant, typeName, { first: 1 }, []);
  return edges[0]?.node.id ?? '';
}

/** A list as the gateway would read it; notes what was sent for it. */
function list(
  { home, registry }: Scale,
  tenant: ScaleTenant,
  typeName: string,
  args: ConnectionArguments,
  sent: Statement[],
) {
  const records = createRecords({
    registry,
    tenantId: tenant.id,
    cursorSecret: 'bench',
    actor: 'bench',
    mode: 'query',
    execute: async (statements) => {
      sent.push(...statements);
      return (await home.dataPlane.read(tenant.id, statements)).results;
    },
  });
  const fields = typeName === 'Order' ? ['number', 'status', 'total', 'placedAt'] : [];
  return records.connection(typeName, args, {
    node: { fields },
    cursors: false,
    pageInfo: false,
    totalCount: false,
  });
}
