import { pick } from '../operations/operation.ts';
import { placedAt } from './scale-document.ts';

/** Ids to ask for, scattered over all there are; `cursor` ends page 999 of 20 (or the last whole page there is). */
export interface ScaleSample {
  readonly orders: readonly string[];
  readonly customers: readonly string[];
  readonly size: number;
  readonly cursor: string;
}

export interface ScaleOperation {
  readonly name: string;
  /** Served by an index whatever the size, so it must not grow. */
  readonly isFlat: boolean;
  readonly query: string;
  variables(sample: ScaleSample, index: number): Readonly<Record<string, unknown>>;
}

const order = 'id number status total placedAt';

export const scaleOperations: readonly ScaleOperation[] = [
  {
    name: 'by id',
    isFlat: true,
    query: `query ($id: ID!) { order(id: $id) { ${order} } }`,
    variables: ({ orders }, index) => ({ id: pick(orders, index) }),
  },
  {
    name: 'first page',
    isFlat: true,
    query: `{ orders(first: 20, orderBy: [{ placedAt: DESC }]) { nodes { ${order} } } }`,
    variables: () => ({}),
  },
  {
    name: 'page 1,000',
    isFlat: true,
    query: `query ($after: String!) { orders(first: 20, after: $after, orderBy: [{ placedAt: DESC }]) { nodes { ${order} } } }`,
    variables: ({ cursor }) => ({ after: cursor }),
  },
  {
    name: 'indexed filter',
    isFlat: true,
    query: `query ($from: DateTime!) { orders(first: 20, where: { placedAt: { gte: $from } }, orderBy: [{ placedAt: ASC }]) { nodes { ${order} } } }`,
    variables: ({ size }, index) => ({ from: placedAt((index * 7919) % size) }),
  },
  {
    name: 'unindexed filter',
    isFlat: false,
    query: `query ($note: String!) { orders(first: 20, where: { note: { eq: $note } }) { nodes { ${order} } } }`,
    variables: ({ size }, index) => ({ note: `note ${(index * 7919) % size}` }),
  },
  {
    name: 'count',
    isFlat: false,
    query: '{ orders(first: 1, where: { status: { eq: REFUNDED } }) { totalCount } }',
    variables: () => ({}),
  },
  {
    name: 'nested',
    isFlat: true,
    query: `{ orders(first: 20, orderBy: [{ placedAt: DESC }]) { nodes { ${order} customer { id name orders(first: 5) { nodes { id number } } } } } }`,
    variables: () => ({}),
  },
  {
    name: 'create',
    isFlat: true,
    query: 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { order { id } } }',
    variables: ({ customers }, index) => ({
      input: {
        customer: { id: pick(customers, index) },
        number: `NEW-${index}`,
        status: 'PENDING',
        total: '12.50',
        placedAt: '2026-11-21T10:00:00Z',
      },
    }),
  },
];
