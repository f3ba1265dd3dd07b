import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { limitError } from '../request-error.ts';

export interface DocumentLimits {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
}

interface Measure {
  /** Levels of fields. */
  readonly depth: number;
  /** Fields at the top level, those of fragments included. */
  readonly fields: number;
  readonly aliases: number;
}

const nothing: Measure = { depth: 0, fields: 0, aliases: 0 };

/**
 * Limits on the shape of each operation. The document is valid: fragments exist and form no circles. A fragment
 * counts wherever it is spread but is walked once, so a document that doubles itself with every fragment costs nothing.
 */
export function checkDocumentLimits(document: DocumentNode, limits: DocumentLimits): GraphQLError[] {
  const measure = measurer(document);
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? excesses(definition, measure(definition.selectionSet), limits)
      : [],
  );
}

function excesses(
  operation: OperationDefinitionNode,
  measure: Measure,
  limits: DocumentLimits,
): GraphQLError[] {
  const name = operation.name ? ` of operation "${operation.name.value}"` : '';
  return [
    { what: `Depth${name}`, found: measure.depth, limit: limits.maxDepth, setting: 'FORMWORK_MAX_DEPTH' },
    {
      what: `Aliases${name}`,
      found: measure.aliases,
      limit: limits.maxAliases,
      setting: 'FORMWORK_MAX_ALIASES',
    },
    {
      what: `Root fields${name}`,
      found: measure.fields,
      limit: limits.maxRootFields,
      setting: 'FORMWORK_MAX_ROOT_FIELDS',
    },
  ].flatMap(({ what, found, limit, setting }) =>
    found > limit ? [limitError(what, found, limit, setting)] : [],
  );
}

function measurer(document: DocumentNode): (selectionSet: SelectionSetNode | undefined) => Measure {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const known = new Map<FragmentDefinitionNode, Measure>();

  const measureFragment = (fragment: FragmentDefinitionNode | undefined): Measure => {
    if (fragment === undefined) return nothing;
    const found = known.get(fragment) ?? measureSet(fragment.selectionSet);
    known.set(fragment, found);
    return found;
  };
  const measureSelection = (selection: SelectionNode): Measure => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(fragments.get(selection.name.value));
    const below = measureSet(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return below;
    const aliases = below.aliases + (selection.alias ? 1 : 0);
    // Introspection is bounded by a validation rule of its own, and a tool's query for the schema is deep.
    const depth = selection.name.value.startsWith('__') ? 1 : below.depth + 1;
    return { depth, fields: 1, aliases };
  };
  const measureSet = (set: SelectionSetNode | undefined): Measure =>
    (set?.selections ?? []).map(measureSelection).reduce(
      (sum, one) => ({
        depth: Math.max(sum.depth, one.depth),
        fields: sum.fields + one.fields,
        aliases: sum.aliases + one.aliases,
      }),
      nothing,
    );
  return measureSet;
}
