const entities = 30;
/** Tenants without a shape of their own share these. */
export const templates = 10;

const nouns = [
  'account',
  'asset',
  'booking',
  'claim',
  'device',
  'event',
  'invoice',
  'lead',
  'order',
  'ticket',
];

/** The design of that number: 30 entities of nine fields, named so that no two designs have the same API. */
export function shapeDocument(shape: number) {
  return {
    formwork: 1,
    entities: Array.from({ length: entities }, (_, index) => ({
      key: keyOf(shape, index),
      plural: `${keyOf(shape, index)}s`,
      fields: [
        { key: 'name', type: 'text', required: true, indexed: true },
        { key: 'note', type: 'long_text' },
        { key: 'amount', type: 'decimal', options: { scale: 2 } },
        { key: 'rank', type: 'integer', indexed: true },
        { key: 'due', type: 'date' },
        { key: 'is_open', type: 'boolean' },
        { key: 'state', type: 'select', options: { choices: [{ key: 'new' }, { key: 'done' }] } },
        { key: `extra_${shape}`, type: 'text' },
        ...(index === 0
          ? []
          : [
              {
                key: 'parent',
                type: 'link',
                options: { target: keyOf(shape, index - 1), inverse: 'children', onDelete: 'set_null' },
              },
            ]),
      ],
    })),
  };
}

/** Key of an entity. */
export function keyOf(shape: number, index: number): string {
  return `${nouns[(shape + index) % nouns.length]}${index}`;
}

/** Which shape a tenant has: as many as there are shapes have one alone, the rest take turns with the templates. */
export function shapeOf(tenant: number, shapes: number): number {
  return tenant < shapes ? templates + tenant : (tenant - shapes) % templates;
}

/** A question about a record and the one that it belongs to. */
export function listQuery(shape: number, field = 'name'): string {
  return `{ ${keyOf(shape, 1)}s(first: 5, orderBy: [{ name: ASC }]) { nodes { id ${field} amount parent { id name } } } }`;
}
