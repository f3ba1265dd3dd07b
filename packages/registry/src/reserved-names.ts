const types = [
  [
    'Query',
    'Mutation',
    'Subscription',
    'Node',
    'PageInfo',
    'OrderDirection',
    'CountMode',
    'DateGroup',
    'DatePart',
    'Having',
    'HavingDistinct',
    'GroupOrdering',
    'LinkedOrdering',
    'ByField',
    'DeletedRecordsPayload',
  ],
  [
    'String',
    'Int',
    'Float',
    'Boolean',
    'ID',
    'Date',
    'DateTime',
    'Time',
    'Decimal',
    'Duration',
    'JSON',
    'Money',
  ],
  ['MoneyInput', 'IDFilter', 'StringFilter', 'IntFilter', 'FloatFilter', 'DecimalFilter', 'BooleanFilter'],
  ['DateFilter', 'DateTimeFilter', 'TimeFilter', 'DurationFilter', 'JSONFilter', 'JSONPathFilter'],
  ['MoneyFilter', 'CalendarPeriod', 'PeriodInput', 'SpanInput'],
].flat();

const fields = [
  ['id', 'version', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'deletedAt', 'allowedTransitions'],
  // In filters these stand beside the fields.
  ['and', 'or', 'not', 'isNull'],
].flat();

// Compared without case: a client that writes a file for each type cannot keep "Json" and "JSON" apart everywhere.
const typeNames = new Set(types.map((name) => name.toLowerCase()));
const fieldNames = new Set(fields);
const rootNames = new Set(['node', 'nodes', 'entitySchema']);
const keyNames = new Set(['id']);

/** Whether our own schema or GraphQL has taken the name, among types, fields, root fields or unique keys. */
export function isReservedName(kind: 'type' | 'field' | 'root' | 'key', name: string): boolean {
  if (name.startsWith('__')) {
    return true;
  }
  switch (kind) {
    case 'type':
      return typeNames.has(name.toLowerCase());
    case 'field':
      return fieldNames.has(name);
    case 'root':
      return rootNames.has(name);
    case 'key':
      return keyNames.has(name);
  }
}
