import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { decimalOf, textOf, trimDecimal } from './decimal.ts';
import type { Model, NaiveRecord } from './model.ts';
import { type AggregateArguments, groupsOf, type NaiveGroup } from './naive-aggregate.ts';
import { connect, countOf, type NaiveConnection, type PageArguments } from './naive-connection.ts';
import { anyScale } from './naive-group-step.ts';
import { scalars } from './naive-scalars.ts';
import { countDistinct, totalOf } from './naive-together.ts';
import { fold, operandOf } from './naive-values.ts';
import type { Answer, Request } from './subject.ts';

/**
 * The specification: graphql-js over records in memory, with the SDL and nothing else of ours, each field looked up as
 * plainly as possible.
 */
export class NaiveExecutor {
  readonly #model: Model;
  readonly #schema: GraphQLSchema;
  constructor(model: Model, sdl: string) {
    this.#model = model;
    this.#schema = buildSchema(sdl);
    for (const [name, config] of Object.entries(scalars)) {
      const type = this.#schema.getType(name);
      if (type instanceof GraphQLScalarType) Object.assign(type, config);
    }
  }

  async ask(request: Request): Promise<NaiveAnswer> {
    const thrown: Thrown[] = [];
    return { answer: await this.#ask(request, thrown), thrown };
  }

  async #ask({ query, variables, operationName }: Request, thrown: Thrown[]): Promise<Answer> {
    let document: DocumentNode;
    try {
      document = parse(query);
    } catch (error) {
      return refused([error as GraphQLError], 'GRAPHQL_PARSE_FAILED');
    }
    const invalid = validate(this.#schema, document);
    if (invalid.length > 0) return refused(invalid, 'GRAPHQL_VALIDATION_FAILED');
    if (isTooLarge(query)) return refused([new GraphQLError('too large')], 'LIMIT_EXCEEDED');
    if (!getOperationAST(document, operationName)) {
      return refused([new GraphQLError('no such operation')], 'OPERATION_RESOLUTION_FAILURE');
    }
    const result = await execute({
      schema: this.#schema,
      document,
      variableValues: variables,
      operationName,
      fieldResolver: (...args) => this.#watched(thrown, ...args),
      typeResolver: (record) => (record as NaiveRecord).typeName,
    });
    return JSON.parse(JSON.stringify({ ...result, errors: result.errors?.map(withCode) })) as Answer;
  }

  async #watched(
    thrown: Thrown[],
    ...args: Parameters<GraphQLFieldResolver<unknown, unknown>>
  ): Promise<unknown> {
    try {
      return await this.#resolve(...args);
    } catch (error) {
      const { path } = args[3];
      const steps: (string | number)[] = [];
      for (let at: typeof path | undefined = path; at; at = at.prev) steps.unshift(at.key);
      const code = error instanceof GraphQLError ? error.extensions.code : 'NAIVE';
      thrown.push({ path: steps.join('.'), code });
      throw error;
    }
  }

  #resolve(
    source: unknown,
    args: Readonly<Record<string, unknown>>,
    _context: unknown,
    info: GraphQLResolveInfo,
  ): unknown {
    const { fieldName, parentType } = info;
    const typeName = parentType.name;
    if (typeName === 'Query') return this.#root(args, info);
    if (this.#model.registry.entityByTypeName.has(typeName)) {
      return this.#record(source as NaiveRecord, args, info);
    }
    if (typeName.endsWith('Connection')) return this.#connection(source as NaiveConnection, args, fieldName);
    if (typeName.endsWith('Aggregate')) return this.#group(source as NaiveGroup, args, fieldName);
    if (typeName.endsWith('AggregateNumbers') || typeName.endsWith('AggregateExtremes')) {
      const { group, how } = source as { group: NaiveGroup; how: string };
      const { value, of } = totalOf(this.#model, group.typeName, how, fieldName);
      const total = of(group.records);
      // Of equal decimals that are written in several ways, any may be the least.
      const isAny = value.kind === 'decimal' && total !== null && (how === 'min' || how === 'max');
      return isAny ? `${anyScale}${textOf(trimDecimal(decimalOf(String(total))))}` : total;
    }
    if (typeName.endsWith('Transitions')) return this.#transitions(source as NaiveRecord, fieldName);
    return (source as Readonly<Record<string, unknown>>)[fieldName];
  }

  #root(args: Readonly<Record<string, unknown>>, { fieldName, returnType }: GraphQLResolveInfo): unknown {
    if (fieldName === 'node') return this.#model.get(args.id);
    if (fieldName === 'nodes') return (args.ids as string[]).map((id) => this.#model.get(id));
    const named = getNamedType(returnType).name;
    for (const { names, keys } of this.#model.registry.entities) {
      const { type, single, plural } = names;
      if (named === `${type}Connection` && fieldName === plural) {
        return connect(this.#model, type, this.#model.all(type), args as PageArguments);
      }
      if (named === `${type}Aggregate`) {
        return this.#groups(type, this.#model.all(type), args as AggregateArguments);
      }
      if (fieldName === single) {
        const record = this.#model.get(args.id);
        return record?.typeName === type ? record : null;
      }
      const key = keys.find(({ rootName }) => rootName === fieldName);
      if (key === undefined) continue;
      const wanted = key.fields.map(({ name }) => {
        const kind = this.#model.field(type, name)?.kind ?? 'text';
        return { name, value: args[name] == null ? null : operandOf(kind, args[name], name) };
      });
      if (wanted.some(({ value }) => value === null) && !key.nullsEqual) return null;
      const same = (a: unknown, b: unknown) =>
        key.caseInsensitive ? fold(String(a), true) === fold(String(b), true) : a === b;
      return (
        this.#model
          .all(type)
          .find((record) =>
            wanted.every(({ name, value }) => same(this.#model.value(record, name), value)),
          ) ?? null
      );
    }
    throw new Error(`The naive executor has no root field "${fieldName}"`);
  }

  #record(record: NaiveRecord, args: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): unknown {
    const { fieldName } = info;
    if (fieldName === 'allowedTransitions') return record;
    if (fieldName === 'createdBy' || fieldName === 'updatedBy') return record[fieldName];
    const field = this.#model.field(record.typeName, fieldName);
    const value = field && this.#model.value(record, fieldName);
    if (field?.target) return this.#model.get(value);
    if (field) return value;
    const many = this.#model.many(record.typeName, fieldName);
    if (many) return connect(this.#model, many.target, many.of(record), args as PageArguments);
    const aggregated = this.#model.many(record.typeName, fieldName.replace(/Aggregate$/, ''));
    if (aggregated) return this.#groups(aggregated.target, aggregated.of(record), args as AggregateArguments);
    throw new Error(`The naive executor has no field "${record.typeName}.${fieldName}"`);
  }

  async #connection(
    connection: NaiveConnection,
    args: Readonly<Record<string, unknown>>,
    fieldName: string,
  ): Promise<unknown> {
    if (fieldName === 'totalCount') return countOf(connection, args as { mode: string; cap: number });
    if (fieldName !== 'isExact') return connection[fieldName as 'nodes'];
    // Once all counts beside it are known.
    await new Promise((resolve) => setImmediate(resolve));
    return connection.capped.length === 0;
  }

  #groups(
    typeName: string,
    records: readonly NaiveRecord[],
    args: AggregateArguments,
  ): readonly NaiveGroup[] {
    return groupsOf(this.#model, typeName, records, args);
  }

  #group(group: NaiveGroup, { of }: Readonly<Record<string, unknown>>, fieldName: string): unknown {
    if (fieldName === 'keys') return group.keys;
    if (fieldName === 'count') return group.records.length;
    if (fieldName !== 'countDistinct') return { group, how: fieldName };
    return countDistinct(this.#model, group.typeName, of)(group.records);
  }

  #transitions(record: NaiveRecord, fieldName: string): unknown {
    const entity = this.#model.registry.entityByTypeName.get(record.typeName);
    const field = entity?.fieldByName.get(fieldName);
    const { initial = [], transitions = {} } = field?.options ?? {};
    const state = field?.choices.find(({ name }) => name === record.values[fieldName]);
    const keys = state === undefined ? initial : (transitions[state.key] ?? []);
    return field?.choices.filter(({ key }) => keys.includes(key)).map(({ name }) => name);
  }
}

export interface NaiveAnswer {
  readonly answer: Answer;
  /** All that went wrong on the way: graphql-js shows but one error where several meet at one null. */
  readonly thrown: readonly Thrown[];
}

interface Thrown {
  readonly path: string;
  readonly code: unknown;
}

function refused(errors: readonly GraphQLError[], code: string): Answer {
  return { errors: errors.map(({ message }) => ({ message, extensions: { code } })) };
}

/** graphql-js itself refuses only what a client gave. */
function withCode(error: GraphQLError): unknown {
  const code =
    error.extensions.code ??
    (error.originalError && !(error.originalError instanceof GraphQLError) ? 'NAIVE' : 'BAD_USER_INPUT');
  return { message: error.message, path: error.path, extensions: { code } };
}

/** The generator says so: what it makes otherwise is far from all limits. */
function isTooLarge(query: string): boolean {
  return query.includes('# too large');
}
