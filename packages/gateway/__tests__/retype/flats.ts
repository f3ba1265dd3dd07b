/** Flats whose rent somebody began to keep as text. */
export const flats = {
  formwork: 1,
  entities: [
    {
      key: 'flat',
      fields: [
        { key: 'name', type: 'text', required: true },
        { key: 'rent', type: 'text', required: true, indexed: true },
        { key: 'city', type: 'text' },
      ],
    },
  ],
};

const [flat] = flats.entities;

/** The same with what is on its way out: a field of flats, and sheds. */
export const flatsAndSheds = {
  formwork: 1,
  entities: [
    {
      key: 'flat',
      fields: [
        ...(flat?.fields ?? []).map((field) => (field.key === 'rent' ? { ...field, default: '0' } : field)),
        { key: 'charge', type: 'text', indexed: true },
      ],
    },
    { ...flat, key: 'shed' },
  ],
};

/** What the records of before have; by the number of the record. */
export function rentOf(number: number): string {
  return `${100 + (number % 4000)}.${String(number % 100).padStart(2, '0')}`;
}

/** An insert that makes the same in these fields, for records numbered from $2 to $3 of tenant $1. */
export function manyRecords(entity: string, fields: readonly string[]): string {
  const rents = fields.map((field) => `'${field}', (100 + n % 4000) || '.' || lpad((n % 100)::text, 2, '0')`);
  return `insert into formwork.records (tenant_id, id, entity_type, data)
    select $1, md5('${entity} ' || n)::uuid, '${entity}', jsonb_build_object('name', '${entity} ' || n, ${rents.join(', ')},
      'city', 'city ' || n % 50)
    from generate_series($2::int, $3::int) n`;
}
