/** The tenant of these tests: an airline, as design.md shows it, small enough to be changed in every way. */
export const airline = {
  formwork: 1,
  entities: [
    {
      key: 'airport',
      label: 'Airport',
      fields: [
        { key: 'iata', label: 'IATA code', type: 'text', required: true, unique: true },
        { key: 'city', type: 'text', indexed: true },
        { key: 'elevation', type: 'integer' },
      ],
    },
    {
      key: 'flight',
      label: 'Flight',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'departs_at', type: 'datetime', required: true, indexed: true },
        {
          key: 'origin',
          type: 'link',
          options: { target: 'airport', inverse: 'departures', onDelete: 'restrict' },
        },
        {
          key: 'status',
          type: 'select',
          indexed: true,
          options: { choices: [{ key: 'planned' }, { key: 'flown' }, { key: 'cancelled' }] },
        },
        { key: 'fare', type: 'currency' },
        { key: 'alternates', type: 'links', options: { target: 'airport', inverse: 'alternate_of' } },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'departs_at'] }],
    },
  ],
} as const;
