import { TenantSchema } from '@formwork/schema-factory';
import { type ASTVisitor, GraphQLError, KnownTypeNamesRule, type ValidationContext } from 'graphql';

/** Suggestions in the errors of one document; each compares a name with thousands. */
const mostSuggestions = 5;

/**
 * graphql-js' rule without its list of the names of all types: to have it, all of them would be made, at once, and of 300
 * entities all other tenants would wait for that (see `TenantSchema`).
 */
export function knownTypeNames(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema();
  if (!(schema instanceof TenantSchema)) return KnownTypeNamesRule(context);
  let suggestions = 0;
  return {
    NamedType(node) {
      const { value: name } = node.name;
      if (schema.getType(name)) return;
      suggestions += 1;
      const suggestion = suggestions > mostSuggestions ? '' : schema.suggestType(name);
      context.reportError(new GraphQLError(`Unknown type "${name}".${suggestion}`, { nodes: node }));
    },
  };
}
