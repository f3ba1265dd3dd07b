import { identifier, literal } from '@formwork/pg/sql-text';
import { type Entity, type Field, keyColumn, uniqueColumn, valueColumn } from '@formwork/registry';
import { compileComputation } from './formula/compile-computation.ts';
import { storedTypes } from './stored-types.ts';
import { viewSchema } from './view-schema.ts';

export interface View {
  /** Within the schema formwork_views. */
  readonly name: string;
  /** The statement that makes it. */
  readonly text: string;
}

/**
 * The view that serves an entity: the columns of every record and its data, a typed column for each field that has a value, then
 * the search keys (`_city`) and unique keys (`_u1`) that are ready. Columns carry storage keys and stand in their order, so the
 * text depends on nothing that the view's name leaves out.
 */
export function compileView(entity: Entity): View {
  const fields = [...entity.fields].sort((a, b) => (a.storageKey < b.storageKey ? -1 : 1));
  const uniqueSlots = entity.keys.flatMap((key) => {
    const name = uniqueColumn(key);
    return name === null ? [] : [column(identifier(key.slot.column), name)];
  });
  const columns = [
    ...['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by', 'data'],
    ...fields.flatMap(valueColumns),
    ...fields.flatMap(keyColumns),
    ...uniqueSlots.sort(),
  ];
  // Without security_invoker the view would run as its owner, past the policies of whoever asks.
  const text = `create view ${identifier(viewSchema)}.${identifier(entity.viewName)} with (security_invoker = true) as
select
${columns.map((line) => `  ${line}`).join(',\n')}
from formwork.records
where entity_type = ${literal(entity.storageKey)} and deleted_at is null`;
  return { name: entity.viewName, text };
}

function valueColumns(field: Field): string[] {
  if (field.computed) return [column(compileComputation(field.computed.value), valueColumn(field))];
  const type = storedTypes[field.type];
  if (type === null) return [];
  const slot = field.slot?.state === 'ready' ? identifier(field.slot.column) : null;
  const value = slot !== null && type.fromSlot ? type.fromSlot(slot) : type.fromData(field.storageKey);
  return [column(value, valueColumn(field))];
}

function keyColumns(field: Field): string[] {
  const name = keyColumn(field);
  return name === null || field.slot === null ? [] : [column(identifier(field.slot.column), name)];
}

function column(expression: string, name: string): string {
  return `${expression} as ${identifier(name)}`;
}
