import type { Registry } from '@formwork/registry';
import type { OperationParams } from './prepare.ts';

/** "constructor", "valueOf" … */
const inherited = Object.getOwnPropertyNames(Object.prototype);

const known = new WeakMap<Registry, boolean>();

/**
 * Variables as graphql-js may read them. What an object inherits it takes for given: of a field "constructor" that a client
 * leaves out it would find the function that every object has. Where the design has such a name they inherit nothing.
 */
export function ownVariables(
  registry: Registry,
  variables: OperationParams['variables'],
): OperationParams['variables'] {
  if (variables === null || !hasInheritedName(registry)) return variables;
  return withoutPrototype(variables) as OperationParams['variables'];
}

function hasInheritedName(registry: Registry): boolean {
  const before = known.get(registry);
  if (before !== undefined) return before;
  const found = registry.entities.some(({ fieldByName, inverseByName, keys }) => {
    const keyNames = new Set(keys.flatMap((key) => [key, ...key.aliases].map(({ name }) => name)));
    return inherited.some((name) => [fieldByName, inverseByName, keyNames].some((names) => names.has(name)));
  });
  known.set(registry, found);
  return found;
}

function withoutPrototype(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototype);
  if (typeof value !== 'object' || value === null) return value;
  const own: Record<string, unknown> = Object.create(null);
  for (const [name, part] of Object.entries(value)) own[name] = withoutPrototype(part);
  return own;
}
