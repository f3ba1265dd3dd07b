import { compareDecimals, parseDecimal } from '@formwork/registry';
import { type FloatValueNode, GraphQLScalarType, type IntValueNode, type ValueNode } from 'graphql';
import { assertJson, type LiteralRules, readLiteral } from './json.ts';
import { refuse, show, showNode } from './scalar-error.ts';

/**
 * What is said of fields where the type is the same for all entities, and so cannot name them. `records` knows them and
 * refuses what does not fit; where in the schema they stand is told by {@link fieldsOf}.
 */
export const byFieldScalar = new GraphQLScalarType<unknown, never>({
  name: 'ByField',
  description:
    'An object with the names of fields, said as elsewhere: of conditions as in `where`, `{ total: { gt: 100 } }`, of ' +
    'directions as in `orderBy`, `{ total: DESC }`, of values as in `groupBy`, `{ status: true }`.',
  parseValue(value) {
    assertJson(value);
    return anObject(value, show(value));
  },
  parseLiteral: (node, variables) => anObject(readLiteral(node, variables, rules), showNode(node), node),
});

const rules: LiteralRules = { name: ({ value }) => value, number: numberOrText };

/** As a number where that keeps every digit; a decimal that is compared with may be given as text too. */
function numberOrText({ value }: IntValueNode | FloatValueNode): unknown {
  const number = Number(value);
  const [kept, exact] = [parseDecimal(number)?.text, parseDecimal(value)?.text];
  return kept !== undefined && exact !== undefined && compareDecimals(kept, exact) === 0 ? number : value;
}

function anObject(value: unknown, shown: string, node?: ValueNode): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refuse(`ByField must be an object such as { total: … }, not ${shown}.`, node);
}
