import { mapValue, OpenValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Comparable } from './comparable.ts';
import { arrayParameter, type OperandText, type OperandTexts, operandText, parameter } from './operand.ts';
import { operandList } from './operand-list.ts';
import { hasFoldedKey, keyBeginsWith, noTextKey, safeFoldedHead, safeHead, textKey } from './text-key.ts';
import { booleanOperand, type Comparison, comparisons, isComparison } from './where-scalar.ts';

/**
 * One operator of a filter on text, or null where there is no such operator. Equality is exact. `lt` and the like
 * compare as the ordering does: first without case and accents, then by code point. The forms that end in
 * "Insensitive" ignore case and nothing else.
 */
export function compileTextOperator(
  subject: Comparable,
  operator: string,
  operand: unknown,
  path: string,
): SqlFragment | null {
  const compile = operators[operator];
  if (compile !== undefined && Object.hasOwn(operators, operator)) {
    return withKey(compile(subject, operandText(subject.column, operand, path)));
  }
  switch (operator) {
    case 'ne':
      return sql`${subject.value} is distinct from ${parameter('text', operandText(subject.column, operand, path))}`;
    case 'in':
      return withKey(oneOf(subject, operandList(subject.column, operand, path)));
    case 'notIn':
      return sql`(${oneOf(subject, operandList(subject.column, operand, path)).exact}) is not true`;
    case 'inInsensitive':
      return withKey(oneOfInsensitive(subject, operandList(subject.column, operand, path)));
    case 'isNull':
      return isNull(subject, booleanOperand(operand, path));
    default:
      return isComparison(operator)
        ? compare(subject, operator, operandText(subject.column, operand, path))
        : null;
  }
}

/** A condition on the value, and one on its key that holds wherever the first does, for the index. */
interface Condition {
  readonly exact: SqlFragment;
  readonly key?: SqlFragment | null;
}

function withKey({ exact, key }: Condition): SqlFragment {
  return key ? sql`(${key} and ${exact})` : exact;
}

type CompileOperator = (subject: Comparable, text: OperandText) => Condition;

const operators: Readonly<Record<string, CompileOperator>> = {
  eq: (subject, text) => ({
    key: keyCondition(subject, (key) => sql`${key} = ${textKey(sql`${text}::text`)}`),
    exact: sql`${subject.value} = ${text}::text`,
  }),
  // `like` would need its wildcards escaped.
  contains: ({ value }, text) => ({ exact: sql`strpos(${value}, ${text}::text) > 0` }),
  startsWith: (subject, text) => ({
    key: beginsWith(subject, mapValue(text, safeHead)),
    exact: sql`starts_with(${subject.value}, ${text}::text)`,
  }),
  endsWith: ({ value }, text) => ({ exact: sql`right(${value}, length(${text}::text)) = ${text}::text` }),
  eqInsensitive: (subject, text) => ({
    key: hasFoldedKey(known(text))
      ? keyCondition(subject, (key) => sql`${key} = ${textKey(sql`${text}::text`)}`)
      : beginsWith(subject, mapValue(text, safeFoldedHead)),
    exact: sql`${fold(subject.value)} = ${foldedOperand(text)}`,
  }),
  containsInsensitive: ({ value }, text) => ({
    exact: sql`strpos(${fold(value)}, ${foldedOperand(text)}) > 0`,
  }),
  startsWithInsensitive: (subject, text) => ({
    key: beginsWith(subject, mapValue(text, safeFoldedHead)),
    exact: sql`starts_with(${fold(subject.value)}, ${foldedOperand(text)})`,
  }),
  endsWithInsensitive: ({ value }, text) => {
    const end = foldedOperand(text);
    return { exact: sql`right(${fold(value)}, length(${end})) = ${end}` };
  },
};

function oneOf(subject: Comparable, texts: OperandTexts): Condition {
  const list = arrayParameter('text', texts);
  return { key: keyIn(subject, list), exact: sql`${subject.value} = any (${list})` };
}

function oneOfInsensitive(subject: Comparable, texts: OperandTexts): Condition {
  const list = arrayParameter('text', texts);
  return {
    key: known(texts).every(hasFoldedKey) ? keyIn(subject, list) : null,
    exact: sql`${fold(subject.value)} = any (array(select ${fold(sql`x`)} from unnest(${list}) x))`,
  };
}

function keyIn(subject: Comparable, list: SqlFragment): SqlFragment | null {
  return keyCondition(
    subject,
    (key) => sql`${key} = any (array(select ${textKey(sql`x`)} from unnest(${list}) x))`,
  );
}

function compare(subject: Comparable, operator: Comparison, text: OperandText): SqlFragment {
  const { exact, loose } = comparisons[operator];
  const operand = sql`${text}::text`;
  const key = subject.key?.expression ?? textKey(subject.value);
  const inOrder = sql`(${key}, ${subject.value} collate "C") ${exact} (${textKey(operand)}, ${operand})`;
  if (subject.key === null) return inOrder;
  const present = operator === 'gt' || operator === 'gte' ? sql` and ${key} < ${noTextKey}` : sql``;
  return sql`(${key} ${loose} ${textKey(operand)}${present} and ${inOrder})`;
}

function isNull({ key, value }: Comparable, wanted: boolean): SqlFragment {
  if (key === null) return wanted ? sql`${value} is null` : sql`${value} is not null`;
  return wanted ? sql`${key.expression} = ${noTextKey}` : sql`${key.expression} < ${noTextKey}`;
}

function keyCondition({ key }: Comparable, condition: (key: SqlFragment) => SqlFragment): SqlFragment | null {
  return key && condition(key.expression);
}

function beginsWith(subject: Comparable, head: OperandText): SqlFragment | null {
  return keyCondition(subject, (key) => keyBeginsWith(key, head));
}

/** What the condition is depends on the value itself. */
function known<T>(value: T | OpenValue<T>): T {
  if (value instanceof OpenValue)
    throw new TypeError('The condition depends on a value that is not known yet');
  return value;
}

function fold(text: SqlFragment): SqlFragment {
  return sql`formwork.fold(${text}, true)`;
}

/** Folded once for the statement; where it is planned before its values are known, it would be for each record. */
function foldedOperand(text: OperandText): SqlFragment {
  return sql`(select ${fold(sql`${text}::text`)})`;
}
