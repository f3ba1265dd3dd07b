import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

export type Info = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** Reads selection sets as the executor will, and notes which variables decided what it saw. */
export class SelectionWalk {
  readonly info: Info;
  /** Variables that were looked at, with their values: while they are the same, so is what was seen. */
  readonly decidedBy = new Map<string, unknown>();

  constructor(info: Info) {
    this.info = info;
  }

  /** The fields that the selection sets together select on the type, `__typename` left out. */
  fieldsOf(sets: readonly SelectionSetNode[], type: GraphQLObjectType): readonly FieldNode[] {
    return this.#collect(sets, type).filter(({ name }) => name.value !== '__typename');
  }

  #collect(sets: readonly SelectionSetNode[], type: GraphQLObjectType): readonly FieldNode[] {
    const fields: FieldNode[] = [];
    // A fragment counts once, as for the executor; following it each time could take for ever.
    const fragmentsSeen = new Set<string>();
    const collect = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        if (this.#isSkipped(selection)) continue;
        if (selection.kind === Kind.FIELD) {
          fields.push(selection);
          continue;
        }
        const fragment = this.#fragmentOf(selection, fragmentsSeen);
        if (fragment && this.#applies(fragment.typeCondition, type)) collect(fragment.selectionSet);
      }
    };
    for (const set of sets) collect(set);
    return fields;
  }

  /** The same by the places of the answer that they stand for: those under one name are one field to the executor. */
  groupsOf(sets: readonly SelectionSetNode[], type: GraphQLObjectType): readonly (readonly FieldNode[])[] {
    return [...group(this.fieldsOf(sets, type)).values()];
  }

  /** All places with their names, in the order of the answer, `__typename` among them. */
  placesOf(
    sets: readonly SelectionSetNode[],
    type: GraphQLObjectType,
  ): ReadonlyMap<string, readonly FieldNode[]> {
    return group(this.#collect(sets, type));
  }

  /** The arguments of a selected field; null where they are wrong, which the executor will report at that field. */
  argumentsOf(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
  ): Readonly<Record<string, unknown>> | null {
    for (const { value } of node.arguments ?? []) this.#noteVariables(value);
    try {
      return getArgumentValues(field, node, this.info.variableValues);
    } catch {
      return null;
    }
  }

  #fragmentOf(selection: Exclude<SelectionNode, FieldNode>, seen: Set<string>) {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
    const name = selection.name.value;
    if (seen.has(name)) return undefined;
    seen.add(name);
    return this.info.fragments[name];
  }

  #applies(condition: NamedTypeNode | undefined, type: GraphQLObjectType): boolean {
    if (!condition || condition.name.value === type.name) return true;
    const named = this.info.schema.getType(condition.name.value);
    return isAbstractType(named) && this.info.schema.isSubType(named, type);
  }

  #isSkipped({ directives = [] }: SelectionNode): boolean {
    return directives.some(
      (directive) =>
        (directive.name.value === 'skip' && this.#condition(directive) === true) ||
        (directive.name.value === 'include' && this.#condition(directive) === false),
    );
  }

  /** A value that is no boolean (null for a nullable variable) decides nothing: the executor will report it. */
  #condition(directive: DirectiveNode): unknown {
    const value = directive.arguments?.[0]?.value;
    if (value?.kind === Kind.BOOLEAN) return value.value;
    return value?.kind === Kind.VARIABLE ? this.#valueOf(value.name.value) : undefined;
  }

  #noteVariables(value: ValueNode): void {
    if (value.kind === Kind.VARIABLE) this.#valueOf(value.name.value);
    if (value.kind === Kind.LIST) for (const item of value.values) this.#noteVariables(item);
    if (value.kind === Kind.OBJECT) for (const field of value.fields) this.#noteVariables(field.value);
  }

  #valueOf(variableName: string): unknown {
    const value = this.info.variableValues[variableName];
    this.decidedBy.set(variableName, value);
    return value;
  }
}

function group(fields: readonly FieldNode[]): ReadonlyMap<string, readonly FieldNode[]> {
  const groups = new Map<string, FieldNode[]>();
  for (const field of fields) {
    const name = (field.alias ?? field.name).value;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [field]);
    else group.push(field);
  }
  return groups;
}
