import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { refuse, show, showNode } from './scalar-error.ts';

interface TextScalar {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  /** Ends the sentence 'Date must be …'. */
  readonly expected: string;
  /** Gives the canonical text, or null where it is none. */
  readonly parse: (text: string) => string | null;
}

/** A scalar that is a string on the wire, in both directions. What goes out is canonical already. */
export function textScalar(scalar: TextScalar): GraphQLScalarType<string, string> {
  const { name, expected } = scalar;
  const parse = (text: unknown, shown: () => string, node?: ValueNode) => {
    const parsed = typeof text === 'string' ? scalar.parse(text) : null;
    if (parsed === null) throw refuse(`${name} must be ${expected}, not ${shown()}.`, node);
    return parsed;
  };
  return new GraphQLScalarType<string, string>({
    name,
    description: scalar.description,
    specifiedByURL: scalar.specifiedByURL,
    serialize(value) {
      if (typeof value !== 'string') throw refuse(`${name} must be ${expected}, not ${show(value)}.`);
      return value;
    },
    parseValue: (value) => parse(value, () => show(value)),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null, () => showNode(node), node),
  });
}
