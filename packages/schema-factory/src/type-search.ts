import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

export interface SearchOptions {
  readonly query: GraphQLObjectType;
  /** Asked for when nothing else is left to be looked into, or when a name is about a record. */
  readonly mutation: () => GraphQLObjectType | undefined;
  /** Names that names of types are made of: those of entities. */
  readonly subjects: readonly string[];
  /** Those that lead to one: what is said of links to it belongs to them. */
  readonly leadingTo: (subject: string) => readonly string[];
}

/** Finds types by what leads to them, and looks into as few as it can: to look into one makes its fields. */
export class TypeSearch {
  readonly #known = new Map<string, GraphQLNamedType>();
  /** Known, but not looked into. */
  readonly #unread = new Set<GraphQLNamedType>();
  readonly #options: SearchOptions;
  #hasMutation = false;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#add(options.query);
    this.#read(options.query);
  }

  find(name: string): GraphQLNamedType | undefined {
    return this.findNearby(name) ?? this.#findIn(name, this.readAll());
  }

  /** Looks only where it is most likely: what is about the same entity, or else about those that have links to it. */
  findNearby(name: string): GraphQLNamedType | undefined {
    return this.#findIn(name, this.#nearby(name));
  }

  #findIn(name: string, steps: Generator<void>): GraphQLNamedType | undefined {
    for (const _ of steps) {
      const found = this.#known.get(name);
      if (found !== undefined) return found;
    }
    return this.#known.get(name);
  }

  /** Looks into all there is, a type at each step. */
  *readAll(): Generator<void> {
    yield* this.#readIf(() => true);
    this.#addMutation();
    yield* this.#readIf(() => true);
  }

  *#nearby(name: string): Generator<void> {
    yield;
    const subject = this.#subjectOf(name);
    if (subject === '') return;
    yield* this.#readAbout(subject);
    this.#addMutation();
    yield* this.#readIf((type) => type.name === 'Mutation');
    for (const one of [subject, ...this.#options.leadingTo(subject)]) yield* this.#readAbout(one);
  }

  #readAbout(subject: string): Generator<void> {
    return this.#readIf((type) => type.name.includes(subject));
  }

  #subjectOf(name: string): string {
    let longest = '';
    for (const subject of this.#options.subjects)
      if (subject.length > longest.length && name.includes(subject)) longest = subject;
    return longest;
  }

  /** Those too that become known meanwhile: a Set hands them out in the same go. */
  *#readIf(isMeant: (type: GraphQLNamedType) => boolean): Generator<void> {
    for (const type of this.#unread) {
      if (!isMeant(type)) continue;
      this.#read(type);
      yield;
    }
  }

  #addMutation(): void {
    if (this.#hasMutation) return;
    this.#hasMutation = true;
    const mutation = this.#options.mutation();
    if (mutation) this.#add(mutation);
  }

  #add(type: GraphQLNamedType): void {
    if (this.#known.has(type.name)) return;
    this.#known.set(type.name, type);
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) this.#unread.add(type);
  }

  #read(type: GraphQLNamedType): void {
    this.#unread.delete(type);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) this.#add(getNamedType(field.type));
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const one of type.getInterfaces()) this.#add(one);
      for (const field of Object.values(type.getFields())) {
        this.#add(getNamedType(field.type));
        for (const argument of field.args) this.#add(getNamedType(argument.type));
      }
    }
  }
}
