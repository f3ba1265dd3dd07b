import {
  type EnumValueNode,
  type FloatValueNode,
  GraphQLScalarType,
  type IntValueNode,
  Kind,
  type ValueNode,
} from 'graphql';
import { refuse, show, showNode } from './scalar-error.ts';

const deepest = 100;

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** What becomes of literals that JSON has no like of, or not exactly. */
export interface LiteralRules {
  readonly name: (node: EnumValueNode) => unknown;
  readonly number: (node: IntValueNode | FloatValueNode) => unknown;
}

const rules: LiteralRules = {
  name(node) {
    throw refuse(`JSON cannot hold the name ${showNode(node)}. Write a string: ${show(node.value)}.`, node);
  },
  number(node) {
    const value = Number(node.value);
    if (Number.isFinite(value) && (node.kind === Kind.FLOAT || Number.isSafeInteger(value))) return value;
    throw refuse(
      `JSON cannot hold the number ${showNode(node)}: it would be changed. Write it as a string.`,
      node,
    );
  },
};

export const jsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: an object, a list, a string, a number, true or false.',
  serialize: (value) => value,
  parseValue(value) {
    assertJson(value);
    return value;
  },
  parseLiteral: (node, variables) => readLiteral(node, variables, rules),
});

/** JSON.parse makes "1e999" infinite, and what is nested without end cannot be written back as text. */
export function assertJson(value: unknown, depth = 0): void {
  if (depth > deepest) throw tooDeep();
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw refuse(`JSON cannot hold the number ${value}: it is out of range.`);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) assertJson(part, depth + 1);
}

/** A literal as the value that it would be in JSON, with what the variables in it say. */
export function readLiteral(node: ValueNode, variables: Variables, of: LiteralRules, depth = 0): unknown {
  if (depth > deepest) throw tooDeep(node);
  const inner = (each: ValueNode) => readLiteral(each, variables, of, depth + 1);
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return of.number(node);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map((item) => inner(item) ?? null);
    case Kind.OBJECT:
      // fromEntries defines properties, so that a key "__proto__" is a key like any other.
      return Object.fromEntries(
        node.fields
          .map((field) => [field.name.value, inner(field.value)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.ENUM:
      return of.name(node);
  }
}

function tooDeep(node?: ValueNode) {
  return refuse(`JSON is nested too deeply: at most ${deepest} levels.`, node);
}
