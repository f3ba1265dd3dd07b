/**
 * The tenant of these tests: airports and the flights between them. `brand` makes the SDL another one without
 * touching the design; `indexed` changes nothing but slots.
 */
export function skyway({ brand = 'Airport', indexed = true }: { brand?: string; indexed?: boolean } = {}) {
  return {
    formwork: 1,
    entities: [
      {
        key: 'airport',
        plural: 'airports',
        label: brand,
        fields: [
          { key: 'iata', type: 'text', required: true, unique: true, options: { pattern: '^[A-Z0-9]{3}$' } },
          { key: 'city', type: 'text', indexed },
        ],
      },
      {
        key: 'flight',
        plural: 'flights',
        fields: [
          { key: 'number', type: 'text', required: true },
          { key: 'seats', type: 'integer', indexed, options: { min: 0 } },
          {
            key: 'origin',
            type: 'link',
            options: { target: 'airport', inverse: 'departures', onDelete: 'restrict' },
          },
        ],
      },
    ],
  };
}

/** With one more field on airport. */
export function extended(document: ReturnType<typeof skyway>, field: object): object {
  const [airport, ...others] = document.entities;
  if (!airport) throw new Error('there is no airport');
  return { ...document, entities: [{ ...airport, fields: [...airport.fields, field] }, ...others] };
}
