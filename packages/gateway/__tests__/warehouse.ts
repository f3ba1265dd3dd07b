import type { AdminClient } from '@formwork/pg';

/**
 * The tenant of the tests of many writers: crates stand on shelves in numbered places, follow one another, carry
 * marks, and go from one state to the next. Shelves stand on shelves. What is deleted of pallets is kept.
 */
export const warehouse = {
  formwork: 1,
  entities: [
    {
      key: 'crate',
      fields: [
        { key: 'code', type: 'text', unique: true, options: { caseInsensitive: true } },
        { key: 'note', type: 'text' },
        { key: 'number', type: 'autonumber' },
        { key: 'place', type: 'integer' },
        { key: 'shelf', type: 'link', options: { target: 'shelf', inverse: 'crates', onDelete: 'cascade' } },
        {
          key: 'next',
          type: 'link',
          options: { target: 'crate', inverse: 'previous', onDelete: 'restrict' },
        },
        { key: 'pallet', type: 'link', options: { target: 'pallet', onDelete: 'set_null' } },
        { key: 'marks', type: 'links', options: { target: 'mark', inverse: 'crates' } },
        {
          key: 'state',
          type: 'select',
          default: 'packed',
          options: {
            choices: [{ key: 'packed' }, { key: 'sent' }, { key: 'lost' }, { key: 'returned' }],
            initial: ['packed'],
            transitions: { packed: ['sent'], sent: ['lost', 'returned'], returned: ['packed'] },
          },
        },
      ],
      keys: [{ key: 'by_place', fields: ['shelf', 'place'] }],
    },
    {
      key: 'shelf',
      plural: 'shelves',
      fields: [
        { key: 'name', type: 'text', required: true, unique: true },
        { key: 'above', type: 'link', options: { target: 'shelf', onDelete: 'set_null' } },
      ],
    },
    {
      key: 'pallet',
      softDelete: true,
      fields: [{ key: 'name', type: 'text', required: true, unique: true }],
    },
    { key: 'mark', fields: [{ key: 'name', type: 'text', required: true, unique: true }] },
  ],
};

/** Which state may follow which, by enum name, as the design says it. */
export const nextStates: Readonly<Record<string, readonly string[]>> = {
  PACKED: ['SENT'],
  SENT: ['LOST', 'RETURNED'],
  RETURNED: ['PACKED'],
  LOST: [],
};

/** Each gives a line for every row that breaks a promise: straight from the tables, through no view and no slot. */
export const brokenPromises: Readonly<Record<string, string>> = {
  'a code twice': `
    select lower(data ->> 'code') from formwork.records
    where entity_type = 'crate' and data ? 'code' and deleted_at is null
    group by tenant_id, lower(data ->> 'code') having count(*) > 1`,
  'a place twice': `
    select data ->> 'shelf' from formwork.records
    where entity_type = 'crate' and data ?& '{shelf,place}' and deleted_at is null
    group by tenant_id, data ->> 'shelf', data ->> 'place' having count(*) > 1`,
  'a name twice': `
    select data ->> 'name' from formwork.records
    where entity_type in ('shelf', 'pallet', 'mark') and deleted_at is null
    group by tenant_id, entity_type, data ->> 'name' having count(*) > 1`,
  'a number twice or none': `
    select data ->> 'number' from formwork.records where entity_type = 'crate'
    group by tenant_id, data ->> 'number' having count(*) > 1 or data ->> 'number' is null`,
  'a link that leads nowhere, or to what it must not': `
    select r.id || ' ' || l.field from formwork.records r
    cross join lateral (values ('crate', 'shelf', 'shelf'), ('crate', 'next', 'crate'), ('crate', 'pallet', 'pallet'),
      ('shelf', 'above', 'shelf')) l (entity, field, target)
    where r.entity_type = l.entity and r.data ? l.field and r.deleted_at is null and not exists (
      select from formwork.records t where t.tenant_id = r.tenant_id and t.id = (r.data ->> l.field)::uuid
        and t.entity_type = l.target and t.deleted_at is null)`,
  'a link slot that says something else than the record': `
    select r.id::text from formwork.records r where r.entity_type = 'crate' and deleted_at is null
      and array(select jsonb_array_elements_text(jsonb_path_query_array(r.data, '$.*[*] ? (@ like_regex "^[0-9a-f]{8}-.{27}$")'))
        order by 1) is distinct from
        array(select l::text from unnest(array[l1, l2, l3, l4, l5, l6, l7, l8]) l where l is not null order by 1)`,
  'a link to many without one of its ends': `
    select l.source_id || ' ' || l.target_id from formwork.record_links l
    where not exists (select from formwork.records r
        where r.tenant_id = l.tenant_id and r.id = l.source_id and r.entity_type = 'crate')
      or not exists (select from formwork.records r
        where r.tenant_id = l.tenant_id and r.id = l.target_id and r.entity_type = 'mark' and r.deleted_at is null)`,
};

/** What is broken, by the name of the promise; nothing where all hold. */
export async function findBroken(admin: AdminClient): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const found: Record<string, unknown[]> = {};
  for (const [name, query] of Object.entries(brokenPromises)) {
    const { rows } = await admin.query({ text: query, rowMode: 'array' });
    if (rows.length > 0) found[name] = rows.flat();
  }
  return found;
}
