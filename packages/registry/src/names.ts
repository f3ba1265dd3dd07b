import type { EntityNames } from './model.ts';

/*
 * Every name that is derived from a key is derived here. Keys have only a-z, 0-9 and "_" and begin with a letter, so
 * every derived name is a GraphQL name and none begins with "__".
 */

/** "monthly_rent" → "monthlyRent" */
export function camelName(key: string): string {
  return key.replace(/_+([a-z0-9]|$)/g, (_, next: string) => next.toUpperCase());
}

/** "order_item" → "OrderItem" */
function pascalName(key: string): string {
  return capitalise(camelName(key));
}

/** "in_progress" → "IN_PROGRESS" */
export function choiceName(key: string): string {
  return key.toUpperCase();
}

/** Names of an entity, from its key and plural. */
export function deriveEntityNames(key: string, plural: string): EntityNames {
  return { type: pascalName(key), single: camelName(key), plural: camelName(plural) };
}

/** What a person reads where no label was given: "monthly_rent" → "Monthly rent". */
export function proposeLabel(key: string): string {
  return capitalise(key.replace(/_+/g, ' ').trim());
}

const irregularPlurals = new Map([
  ['person', 'people'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
]);

/** "airport" → "airports", "category" → "categories", "sales_person" → "sales_people". Always differs from the key. */
export function proposePlural(key: string): string {
  const [, before = '', word = ''] = /^(.*_)?([^_]*)$/.exec(key) ?? [];
  const irregular = irregularPlurals.get(word);
  if (irregular !== undefined) {
    return before + irregular;
  }
  if (/[^aeiou_]y$/.test(key)) {
    return `${key.slice(0, -1)}ies`;
  }
  return /(?:s|x|z|ch|sh)$/.test(key) ? `${key}es` : `${key}s`;
}

/** Names of the GraphQL types that come with an entity. */
export function deriveTypeNames({ type, plural }: EntityNames) {
  const types = capitalise(plural);
  return {
    connection: `${type}Connection`,
    edge: `${type}Edge`,
    filter: `${type}Filter`,
    /** Of what a link to many or a way back leads to. (`PriceListFilter` is the filter of a price list.) */
    connectionFilter: `${type}ConnectionFilter`,
    order: `${type}Order`,
    uniqueKey: `${type}UniqueKey`,
    linkInput: `${type}LinkInput`,
    /** Links to many of a record that is made, and of one that is changed. */
    createLinksInput: `${type}CreateLinksInput`,
    updateLinksInput: `${type}UpdateLinksInput`,
    createInput: `Create${type}Input`,
    updateInput: `Update${type}Input`,
    upsertInput: `Upsert${type}Input`,
    createPayload: `Create${type}Payload`,
    updatePayload: `Update${type}Payload`,
    upsertPayload: `Upsert${type}Payload`,
    deletePayload: `Delete${type}Payload`,
    restorePayload: `Restore${type}Payload`,
    transitions: `${type}Transitions`,
    /** Of a create or an update of many. */
    manyPayload: `${types}Payload`,
    aggregate: `${type}Aggregate`,
    /** Sums and averages; least and greatest values. */
    aggregateNumbers: `${type}AggregateNumbers`,
    aggregateExtremes: `${type}AggregateExtremes`,
    groupBy: `${type}GroupBy`,
  } as const;
}

/** Names of the root fields of an entity; those by unique key come with the keys. */
export function deriveRootNames({ type, single, plural }: EntityNames) {
  const types = capitalise(plural);
  return {
    query: { single, plural, aggregate: `${plural}Aggregate` },
    mutation: {
      create: `create${type}`,
      update: `update${type}`,
      upsert: `upsert${type}`,
      delete: `delete${type}`,
      restore: `restore${type}`,
      createMany: `create${types}`,
      updateMany: `update${types}`,
      deleteMany: `delete${types}`,
    },
  } as const;
}

/** The field that aggregates what a connection of a record (a link to many, a way back) leads to. */
export function deriveAggregateField(connectionName: string): string {
  return `${connectionName}Aggregate`;
}

/** Names that come with a select field of an entity: its enum and the filter over it. */
export function deriveEnumNames({ type }: EntityNames, fieldKey: string) {
  const enumName = `${type}${pascalName(fieldKey)}`;
  return { enum: enumName, filter: `${enumName}Filter`, listFilter: `${enumName}ListFilter` } as const;
}

/**
 * Names of a unique key: its field in `AirportUniqueKey`, the root field, and the input type that holds its values
 * where they are several. "by_number" and "number" both make "flightByNumber".
 */
export function deriveKeyNames({ type, single }: EntityNames, key: string) {
  const what = pascalName(key.replace(/^by_+(?=[a-z0-9])/, ''));
  return { name: camelName(key), rootName: `${single}By${what}`, input: `${type}By${what}Key` } as const;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
