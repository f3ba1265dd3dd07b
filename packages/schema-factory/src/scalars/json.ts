import { type FloatValueNode, GraphQLScalarType, type IntValueNode, Kind, type ValueNode } from 'graphql';
import { refuse, show, showNode } from './scalar-error.ts';

const deepest = 100;

type Variables = Readonly<Record<string, unknown>> | null | undefined;

export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: an object, a list, a string, a number, true or false.',
  serialize: (value) => value,
  parseValue(value) {
    assertJson(value, 0);
    return value;
  },
  parseLiteral: (node, variables) => readLiteral(node, variables, 0),
});

/** JSON.parse makes "1e999" infinite, and what is nested without end cannot be written back as text. */
function assertJson(value: unknown, depth: number): void {
  if (depth > deepest) throw tooDeep();
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw refuse(`JSON cannot hold the number ${value}: it is out of range.`);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) assertJson(part, depth + 1);
}

function readLiteral(node: ValueNode, variables: Variables, depth: number): unknown {
  if (depth > deepest) throw tooDeep(node);
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return readNumber(node);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map((item) => readLiteral(item, variables, depth + 1) ?? null);
    case Kind.OBJECT:
      // fromEntries defines properties, so that a key "__proto__" is a key like any other.
      return Object.fromEntries(
        node.fields
          .map((field) => [field.name.value, readLiteral(field.value, variables, depth + 1)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.ENUM:
      throw refuse(`JSON cannot hold the name ${showNode(node)}. Write a string: ${show(node.value)}.`, node);
  }
}

function readNumber(node: IntValueNode | FloatValueNode): number {
  const value = Number(node.value);
  if (!Number.isFinite(value) || (node.kind === Kind.INT && !Number.isSafeInteger(value))) {
    throw refuse(
      `JSON cannot hold the number ${showNode(node)}: it would be changed. Write it as a string.`,
      node,
    );
  }
  return value;
}

function tooDeep(node?: ValueNode) {
  return refuse(`JSON is nested too deeply: at most ${deepest} levels.`, node);
}
