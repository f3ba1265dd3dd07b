import { type ASTNode, GraphQLError, Kind, print, type ValueNode } from 'graphql';

const longestQuote = 80;

/**
 * What a scalar throws: a GraphQLError, because graphql-js reports it word for word and the gateway does not take
 * it for a bug.
 */
export function refuse(message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(message, node ? { nodes: node } : {});
}

/** A value as messages show it: as JSON, cut when long, with every character that could mislead written as an escape. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value);
  const visible = text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
  return visible.length > longestQuote ? `${visible.slice(0, longestQuote)}…` : visible;
}

/** A literal as messages show it. */
export function showNode(node: ValueNode): string {
  return node.kind === Kind.STRING ? show(node.value) : show(new Shown(print(node)));
}

/** Text that is shown without quotes. */
class Shown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function describe(value: unknown): string {
  if (value instanceof Shown) return value.text;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
