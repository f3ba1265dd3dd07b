import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { refuse, show, showNode } from './scalar-error.ts';

/** Far more than the 38 digits of the largest field; what that field takes is for records to say. */
const pattern = /^-?\d{1,200}(?:\.\d{1,200})?(?:[eE][+-]?\d{1,3})?$/;

export const decimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'An exact decimal number. It comes out as a string (`"12.50"`), because JSON numbers lose digits on the way; ' +
    'a string or a number goes in.',
  serialize(value) {
    if (typeof value === 'string') return value;
    throw refuse(`Decimal must be a string, not ${show(value)}.`);
  },
  parseValue: (value) =>
    parseDecimal(typeof value === 'number' ? textOfNumber(value) : value, () => show(value)),
  parseLiteral(node) {
    // The text of the literal, so that no digit goes through a double.
    const isNumber = node.kind === Kind.INT || node.kind === Kind.FLOAT;
    const text = isNumber || node.kind === Kind.STRING ? node.value : null;
    return parseDecimal(text, () => showNode(node), node);
  },
});

function parseDecimal(text: unknown, shown: () => string, node?: ValueNode): string {
  if (typeof text === 'string' && pattern.test(text)) return text;
  throw refuse(`Decimal must be a number or a string such as "12.50", not ${shown()}.`, node);
}

/**
 * A number that has been a double. Up to 15 digits a double gives back what was written; beyond that, whole numbers
 * to 2^53 apart, nobody can tell what it was.
 */
function textOfNumber(value: number): string {
  const digits = value.toExponential().replace(/e.*$/, '').replace(/\D/g, '').length;
  if (digits <= 15 || Number.isSafeInteger(value)) return String(value);
  throw refuse(
    `Decimal ${value} has more digits than a JSON number can carry safely (15). Send it as a string: "${value}".`,
  );
}
