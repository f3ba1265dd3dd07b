import type { RegistryDocument } from '@formwork/registry';

/**
 * A museum: specimens with a value of every type, found by collectors, kept in rooms. Rooms form a tree, every
 * department has a head who belongs to a department, labels are shared by many specimens.
 */
export const museum: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'specimen',
      label: 'Specimen',
      description: 'A thing in a drawer.',
      fields: [
        {
          key: 'name',
          label: 'Name',
          type: 'text',
          required: true,
          options: { minLength: 2, maxLength: 100 },
        },
        {
          key: 'code',
          label: 'Code',
          type: 'text',
          unique: true,
          options: { pattern: '^[A-Z]{2}-\\d{1,6}$' },
        },
        { key: 'notes', label: 'Notes', type: 'long_text', description: 'Whatever is known.' },
        { key: 'contact', label: 'Contact', type: 'email' },
        { key: 'homepage', label: 'Homepage', type: 'url' },
        { key: 'phone', label: 'Phone', type: 'phone' },
        { key: 'pieces', label: 'Pieces', type: 'integer', indexed: true, options: { min: -2147483648 } },
        { key: 'age', label: 'Age', type: 'integer', options: { min: 0, max: 4600 } },
        { key: 'mass', label: 'Mass', type: 'number' },
        { key: 'humidity', label: 'Humidity', type: 'percent', options: { min: 0, max: 100 } },
        { key: 'beauty', label: 'Beauty', type: 'rating' },
        { key: 'exact', label: 'Exact', type: 'decimal' },
        {
          key: 'price',
          label: 'Price',
          type: 'decimal',
          indexed: true,
          options: { precision: 8, scale: 2, min: '0.01', max: '100000' },
        },
        {
          key: 'insured',
          label: 'Insured',
          type: 'currency',
          options: { scale: 2, currencies: ['EUR', 'USD'] },
        },
        { key: 'fragile', label: 'Fragile', type: 'boolean', default: true },
        { key: 'found_on', label: 'Found on', type: 'date', options: { min: '1900-01-01' } },
        { key: 'any_day', label: 'Any day', type: 'date', indexed: true },
        { key: 'seen_at', label: 'Seen at', type: 'datetime', indexed: true },
        { key: 'feeding', label: 'Feeding', type: 'time' },
        { key: 'exposure', label: 'Exposure', type: 'duration' },
        {
          key: 'state',
          label: 'State',
          type: 'select',
          default: 'in_drawer',
          options: {
            choices: [{ key: 'in_drawer', label: 'In a drawer' }, { key: 'on_show' }, { key: 'lost' }],
          },
        },
        {
          key: 'tags',
          label: 'Tags',
          type: 'multi_select',
          options: { choices: [{ key: 'rare' }, { key: 'large' }, { key: 'loud' }] },
        },
        { key: 'extra', label: 'Extra', type: 'json' },
        { key: 'number', label: 'Number', type: 'autonumber' },
        { key: 'room', label: 'Room', type: 'link', options: { target: 'room', onDelete: 'restrict' } },
        {
          key: 'collector',
          label: 'Collector',
          type: 'link',
          options: { target: 'person', onDelete: 'set_null' },
        },
        { key: 'labels', label: 'Labels', type: 'links', options: { target: 'label' } },
      ],
    },
    {
      key: 'room',
      label: 'Room',
      fields: [
        { key: 'floor', label: 'Floor', type: 'integer', required: true },
        { key: 'door', label: 'Door', type: 'text', required: true },
        { key: 'within', label: 'Within', type: 'link', options: { target: 'room', onDelete: 'cascade' } },
      ],
      keys: [{ key: 'by_door', fields: ['floor', 'door'], caseInsensitive: true }],
    },
    {
      key: 'person',
      label: 'Person',
      fields: [
        { key: 'email', label: 'E-mail', type: 'email', required: true, unique: true },
        { key: 'department', label: 'Department', type: 'link', options: { target: 'department' } },
      ],
    },
    {
      key: 'department',
      label: 'Department',
      fields: [
        { key: 'name', label: 'Name', type: 'text', required: true, unique: true },
        { key: 'head', label: 'Head', type: 'link', options: { target: 'person' } },
      ],
    },
    {
      key: 'label',
      label: 'Label',
      fields: [{ key: 'text', label: 'Text', type: 'text', required: true, unique: true }],
    },
    {
      key: 'loan',
      label: 'Loan',
      fields: [
        { key: 'specimen', label: 'Specimen', type: 'link', required: true, options: { target: 'specimen' } },
        {
          key: 'value',
          label: 'Value',
          type: 'decimal',
          required: true,
          default: { from: 'specimen.exact' },
        },
        { key: 'remarks', label: 'Remarks', type: 'json', default: { from: 'nowhere' } },
      ],
    },
  ],
};
