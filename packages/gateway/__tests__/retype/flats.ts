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

/** What the records of before have; by the number of the record. */
export function rentOf(number: number): string {
  return `${100 + (number % 4000)}.${String(number % 100).padStart(2, '0')}`;
}

/** `select` that makes the same, numbered from 1. */
export const manyFlats = `insert into formwork.records (tenant_id, id, entity_type, data)
  select $1, md5('flat ' || n)::uuid, 'flat', jsonb_build_object('name', 'flat ' || n,
    'rent', (100 + n % 4000) || '.' || lpad((n % 100)::text, 2, '0'), 'city', 'city ' || n % 50)
  from generate_series($2::int, $3::int) n`;
