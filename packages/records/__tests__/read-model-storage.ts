import type { FieldDocument } from '@formwork/registry';
import type { ModelRecord } from './read-model.ts';

const types = [
  'text',
  'integer',
  'number',
  'decimal',
  'currency',
  'boolean',
  'date',
  'datetime',
  'time',
  'duration',
  'select',
] as const;
const choices = [{ key: 'later' }, { key: 'before' }, { key: 'now' }];

/** Fields for the records of the model, with search keys or without. */
export function fieldsOf(entity: string, indexed: boolean): FieldDocument[] {
  return [
    ...types.map((type) => ({
      key: type,
      type,
      ...(indexed && type !== 'duration' ? { indexed } : {}),
      ...(type === 'select' ? { options: { choices } } : {}),
    })),
    { key: 'multi_select', type: 'multi_select', options: { choices } },
    { key: 'friend', type: 'link', options: { target: entity, inverse: 'friend_of' } },
    { key: 'peers', type: 'links', options: { target: entity, inverse: 'peer_of' } },
  ];
}

/** As it stands in the column: decimals are numbers, written out. */
export function dataOf({ id, peers, multiSelect, select, decimal, currency, ...rest }: ModelRecord): string {
  const entries = Object.entries({
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, value === null ? null : JSON.stringify(value)]),
    ),
    select: select && JSON.stringify(select.toLowerCase()),
    multi_select: multiSelect && JSON.stringify(multiSelect.map((name) => name.toLowerCase())),
    decimal,
    currency: currency && `{"amount": ${currency.amount}, "currency": "${currency.currency}"}`,
  });
  return `{${entries
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `"${name}": ${value}`)
    .join()}}`;
}
