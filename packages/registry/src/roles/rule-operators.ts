import type { FieldType } from '../document.ts';
import type { Field } from '../model.ts';
import { parseValue } from '../parse-value.ts';
import { resultType } from '../result-type.ts';
import type { RelativeOperator } from './relative-operand.ts';
import type { RuleMember } from './rule-members.ts';

/** What an operator takes: one value, a list of them, true or false, or a filter on a part of the value. */
export type OperandForm =
  | { readonly form: 'value' | 'list'; readonly type: FieldType; readonly field: Field | null }
  | { readonly form: 'flag' }
  | { readonly form: 'relative'; readonly operator: RelativeOperator; readonly isDate: boolean }
  | { readonly form: 'part'; readonly operators: ReadonlyMap<string, OperandForm> };

type Entry = readonly [string, OperandForm];
type Operators = ReadonlyMap<string, OperandForm>;

const flag: OperandForm = { form: 'flag' };
const isNull: Entry = ['isNull', flag];
const textTypes: ReadonlySet<FieldType> = new Set(['text', 'long_text', 'email', 'url', 'phone']);
const equality = ['eq', 'ne'];
const comparisons = ['lt', 'lte', 'gt', 'gte'];
const parts = ['contains', 'startsWith', 'endsWith'];
const insensitive = (names: readonly string[]) => names.map((name) => `${name}Insensitive`);

/**
 * The operators of a value in a row rule: those of its GraphQL filter, but for what looks into JSON.
 */
export function ruleOperators({ key, field }: RuleMember): Operators {
  const type = field === null ? systemType(key) : resultType(field);
  switch (type) {
    case 'json':
      return new Map<string, OperandForm>([['isNull', flag]]);
    case 'multi_select':
      return new Map<string, OperandForm>([
        ...values(['has'], 'select', field),
        ...lists(['hasAny', 'hasAll'], 'select', field),
        isNull,
      ]);
    case 'currency':
      return new Map<string, OperandForm>([
        ...values(equality, type, field),
        ...lists(['in', 'notIn'], type, field),
        isNull,
        ['amount', { form: 'part', operators: scalarOperators('decimal', null) }],
        ['currency', { form: 'part', operators: scalarOperators('text', null) }],
      ]);
    default:
      return scalarOperators(type, field);
  }
}

function scalarOperators(type: FieldType, field: Field | null): Operators {
  const isText = textTypes.has(type);
  const ordered = type !== 'select' && type !== 'boolean' && type !== 'link';
  return new Map<string, OperandForm>([
    ...values(equality, type, field),
    ...lists(['in', 'notIn'], type, field),
    isNull,
    ...(ordered ? values(comparisons, type, field) : []),
    ...(isText ? values([...parts, ...insensitive(['eq', ...parts])], type, field) : []),
    ...(isText ? lists(insensitive(['in']), type, field) : []),
    ...(type === 'date' || type === 'datetime' ? relatives(type === 'date') : []),
  ]);
}

function relatives(isDate: boolean): Entry[] {
  const operators = ['during', 'last', 'next'] as const;
  return operators.map((operator) => [operator, { form: 'relative', operator, isDate }]);
}

function values(names: readonly string[], type: FieldType, field: Field | null): Entry[] {
  return names.map((name) => [name, { form: 'value', type, field }]);
}

function lists(names: readonly string[], type: FieldType, field: Field | null): Entry[] {
  return names.map((name) => [name, { form: 'list', type, field }]);
}

/** Types of what every record has; an id is of the type of a link. */
function systemType(key: string): FieldType {
  if (key === 'id') {
    return 'link';
  }
  if (key === 'version') {
    return 'integer';
  }
  return key.endsWith('_at') ? 'datetime' : 'text';
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Why a value cannot be compared with values of the type, as the end of a sentence; null if it can. */
export function operandProblem(type: FieldType, field: Field | null, value: unknown): string | null {
  if (textTypes.has(type)) {
    return typeof value === 'string' ? null : 'must be text';
  }
  if (type === 'link') {
    return typeof value === 'string' && uuid.test(value) ? null : 'must be the id of a record';
  }
  const isWhole = type === 'autonumber' || type === 'rating';
  const choices = (field?.choices ?? []).map(({ key }) => ({ key }));
  const options = type === 'select' ? { choices } : {};
  const parsed = parseValue(isWhole ? 'integer' : type, options, value);
  return 'reason' in parsed ? parsed.reason : null;
}

/** `count` of links to many. */
export const countOperators: Operators = scalarOperators('integer', null);
