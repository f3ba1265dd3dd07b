import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromAST,
} from 'graphql';

export interface CostOptions {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** Records of a page when nothing is said. */
  readonly defaultPage: number;
}

/**
 * Records that an operation asks for, were all its pages full: `first` multiplied down the nesting. Known before
 * anything runs. What `@skip` and `@include` leave out is counted, for it is a bound and not a bill.
 */
export function estimateCost(options: CostOptions): EstimatedCost {
  const root = options.schema.getRootType(options.operation.operation);
  const estimate = new Estimate(options);
  const cost = root ? estimate.ofSet(options.operation.selectionSet, root) : 0;
  return { cost, isFixed: !estimate.hasAskedVariables };
}

export interface EstimatedCost {
  readonly cost: number;
  /** Whether it is the same whatever the variables are. */
  readonly isFixed: boolean;
}

class Estimate {
  readonly #options: CostOptions;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** A fragment is walked once, however often it is spread. */
  readonly #known = new Map<FragmentDefinitionNode, number>();
  hasAskedVariables = false;

  constructor(options: CostOptions) {
    this.#options = options;
    this.#fragments = new Map(
      options.document.definitions.flatMap((one) =>
        one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
      ),
    );
  }

  ofSet(set: SelectionSetNode, parent: GraphQLNamedType): number {
    let sum = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) sum += this.#ofField(selection, parent);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) sum += this.#ofFragment(selection.name.value);
      else
        sum += this.ofSet(
          selection.selectionSet,
          this.#typeOf(selection.typeCondition?.name.value) ?? parent,
        );
    }
    return Math.min(sum, Number.MAX_SAFE_INTEGER);
  }

  #ofFragment(name: string): number {
    const fragment = this.#fragments.get(name);
    const type = this.#typeOf(fragment?.typeCondition.name.value);
    if (fragment === undefined || type === undefined) return 0;
    const cost = this.#known.get(fragment) ?? this.ofSet(fragment.selectionSet, type);
    this.#known.set(fragment, cost);
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLNamedType): number {
    if (!node.selectionSet || !(isObjectType(parent) || isInterfaceType(parent))) return 0;
    const field = parent.getFields()[node.name.value];
    if (field === undefined) return 0;
    const type = getNamedType(field.type);
    const below = this.ofSet(node.selectionSet, type);
    const records = isRecord(type) ? 1 : 0;
    const times = this.#times(node, field);
    // Counting, too, asks for something.
    const least = times === null ? 0 : 1;
    return Math.min(Math.max(least, (records + below) * (times ?? 1)), Number.MAX_SAFE_INTEGER);
  }

  /** How often what is below a field may come; null where it is once. */
  #times(node: FieldNode, field: GraphQLField<unknown, unknown>): number | null {
    const given = (name: string): unknown => this.#argument(node, field, name);
    if (field.args.some(({ name }) => name === 'first')) {
      const size = given('first') ?? given('last');
      return typeof size === 'number' && size >= 0 ? size : this.#options.defaultPage;
    }
    const list = field.args.find(
      ({ name, type }) =>
        (name === 'ids' || name === 'inputs' || name === 'input') && isListType(getNullableType(type)),
    );
    if (list === undefined) return null;
    const value = given(list.name);
    return Array.isArray(value) ? value.length : 1;
  }

  #argument(node: FieldNode, field: GraphQLField<unknown, unknown>, name: string): unknown {
    const value = node.arguments?.find((one) => one.name.value === name)?.value;
    const type = field.args.find((one) => one.name === name)?.type;
    if (value === undefined || type === undefined) return undefined;
    // Lists may hold variables.
    this.hasAskedVariables ||= value.kind === Kind.VARIABLE || value.kind === Kind.LIST;
    if (value.kind !== Kind.VARIABLE) return valueFromAST(value, type, this.#options.variables);
    const known = this.#options.variables?.[value.name.value];
    if (known !== undefined) return known;
    const definition = this.#options.operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === value.name.value,
    );
    return definition?.defaultValue && valueFromAST(definition.defaultValue, type);
  }

  #typeOf(name: string | undefined): GraphQLNamedType | undefined {
    const type = name === undefined ? undefined : this.#options.schema.getType(name);
    return type && isCompositeType(type) ? type : undefined;
  }
}

function isRecord(type: GraphQLNamedType): boolean {
  if (isInterfaceType(type)) return type.name === 'Node';
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node');
}
