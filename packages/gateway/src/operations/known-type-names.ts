import { type ASTVisitor, KnownTypeNamesRule, type NamedTypeNode, type ValidationContext } from 'graphql';

interface OfNames {
  NamedType(node: NamedTypeNode, ...place: readonly unknown[]): void;
}

/**
 * graphql-js' rule, asked only about names that are unknown: it begins by listing the names of all types, which has all
 * of them made (see `TenantSchema`).
 */
export function knownTypeNames(context: ValidationContext): ASTVisitor {
  let rule: OfNames | null = null;
  return {
    NamedType(node, ...place) {
      if (context.getSchema().getType(node.name.value)) return;
      rule ??= KnownTypeNamesRule(context) as unknown as OfNames;
      rule.NamedType(node, ...place);
    },
  };
}
