import { identifier, literal } from '@formwork/pg/sql-text';
import {
  assertNever,
  type Computation,
  type ConstantComputation,
  type ThroughComputation,
} from '@formwork/registry';
import { link as linkType } from '../field-types/link.ts';
import { compileCall } from './compile-call.ts';
import { compileFieldComputation } from './compile-field.ts';
import { byCode } from './sql-pieces.ts';

/**
 * SQL for a lookup or formula over a row of `records`, whose columns it names without a table: what it looks up of
 * another record stands in a query of its own, where the same names mean that record. It never raises; what cannot be
 * computed is null. Inside a formula every number is a numeric, so nothing is rounded on the way.
 */
export function compileComputation(computation: Computation): string {
  switch (computation.kind) {
    case 'field':
      return compileFieldComputation(computation);
    case 'constant':
      return compileConstant(computation);
    case 'through':
      return compileThrough(computation);
    case 'call':
      return compileCall(computation.name, computation.types, computation.arguments, compileComputation);
    default:
      return assertNever(computation);
  }
}

/**
 * The tenant is compared as well as the id: row-level security would do, but not for a role that bypasses it. The
 * policies of `records` hold in here as they do outside, for the view runs as whoever asks.
 */
function compileThrough({ link, slot, target, value }: ThroughComputation): string {
  const id = slot === null ? linkType.fromData(link) : identifier(slot);
  return (
    `(select ${compileComputation(value)} from (select tenant_id as _tenant, ${id} as _link) l ` +
    'join formwork.records on tenant_id = l._tenant and id = l._link ' +
    `where entity_type = ${literal(target)} and deleted_at is null)`
  );
}

function compileConstant({ type, text }: ConstantComputation): string {
  const sqlType = sqlTypes[type];
  const value = text === null ? `null::${sqlType}` : `${literal(text)}::${sqlType}`;
  return type === 'text' ? `${value} ${byCode}` : value;
}

const sqlTypes = {
  number: 'numeric',
  integer: 'numeric',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz',
  null: 'text',
} as const;
