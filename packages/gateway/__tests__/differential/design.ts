import type { FieldDocument, RegistryDocument } from '@formwork/registry';

/**
 * Places, and two entities with a field of every type: things, where all that can be is indexed, and notes, where nothing
 * is. So each answer is asked for with search keys and without.
 */
const states = [{ key: 'later' }, { key: 'before' }, { key: 'now' }];
const colours = [{ key: 'red' }, { key: 'green' }, { key: 'blue' }];

function values(indexed: boolean): FieldDocument[] {
  const index = indexed ? { indexed } : {};
  return [
    { key: 'title', type: 'text', ...index },
    { key: 'body', type: 'long_text' },
    { key: 'mail', type: 'email', ...index },
    { key: 'web', type: 'url' },
    { key: 'phone', type: 'phone', ...index },
    { key: 'amount', type: 'integer', ...index },
    { key: 'ratio', type: 'number', ...index },
    { key: 'wild', type: 'number', ...index },
    { key: 'price', type: 'decimal', ...index },
    { key: 'cost', type: 'currency', ...index },
    { key: 'share', type: 'percent', ...index },
    { key: 'stars', type: 'rating', ...index },
    { key: 'done', type: 'boolean', ...index },
    { key: 'due', type: 'date', ...index },
    { key: 'moment', type: 'datetime', ...index },
    { key: 'clock', type: 'time', ...index },
    { key: 'span', type: 'duration' },
    {
      key: 'state',
      type: 'select',
      ...index,
      options: {
        choices: states,
        initial: ['later', 'before', 'now'],
        transitions: { later: ['now', 'before'], now: ['later'] },
      },
    },
    { key: 'colour', type: 'select', options: { choices: colours } },
    { key: 'tags', type: 'multi_select', options: { choices: colours } },
    { key: 'extra', type: 'json' },
    { key: 'serial', type: 'autonumber' },
  ];
}

function formulas(): FieldDocument[] {
  return Object.entries({
    total: 'amount * price',
    label: 'title & "/" & home.name',
    length: 'length(title)',
    is_late: 'due < date("2020-01-01")',
    next_day: 'date_add(due, 1, "days")',
    moment_or: 'coalesce(moment, datetime("2000-01-01T00:00:00Z"))',
  }).map(([key, expression]) => ({ key, type: 'formula', options: { expression } }));
}

const lookup = (key: string, via: string, field: string): FieldDocument => ({
  key,
  type: 'lookup',
  options: { via, field },
});

const link = (key: string, type: 'link' | 'links', target: string, inverse: string): FieldDocument => ({
  key,
  type,
  options: { target, inverse, ...(type === 'link' ? { onDelete: 'set_null' } : {}) },
});

export const design: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'place',
      fields: [
        { key: 'name', type: 'text', required: true, indexed: true },
        { key: 'code', type: 'text', unique: true },
        { key: 'region', type: 'select', options: { choices: colours } },
        { key: 'area', type: 'decimal' },
        { key: 'opened', type: 'date', indexed: true },
        link('parent', 'link', 'place', 'children'),
        lookup('parent_name', 'parent', 'name'),
      ],
    },
    {
      key: 'thing',
      softDelete: true,
      searchable: ['motto'],
      fields: [
        ...values(true),
        { key: 'motto', type: 'text' },
        { key: 'code', type: 'text', unique: true },
        { key: 'handle', type: 'text' },
        { key: 'batch', type: 'integer' },
        { key: 'position', type: 'integer', required: true },
        link('home', 'link', 'place', 'things'),
        link('visited', 'links', 'place', 'visitors'),
        link('friend', 'link', 'thing', 'friend_of'),
        link('peers', 'links', 'thing', 'peer_of'),
        lookup('home_name', 'home', 'name'),
        lookup('home_area', 'home', 'area'),
        lookup('home_region', 'home', 'region'),
        lookup('home_opened', 'home', 'opened'),
        lookup('home_parent_name', 'home', 'parent_name'),
        ...formulas(),
      ],
      keys: [
        { key: 'by_batch', fields: ['batch', 'position'] },
        { key: 'at_home', fields: ['home', 'position'], nullsEqual: true },
        { key: 'by_handle', fields: ['handle'], caseInsensitive: true },
      ],
    },
    {
      key: 'note',
      softDelete: true,
      fields: [
        ...values(false),
        link('thing', 'link', 'thing', 'notes'),
        link('home', 'link', 'place', 'notes'),
        link('peers', 'links', 'note', 'peer_of'),
        lookup('thing_price', 'thing', 'price'),
        lookup('thing_total', 'thing', 'total'),
        lookup('thing_state', 'thing', 'state'),
        ...formulas(),
      ],
    },
  ],
};
