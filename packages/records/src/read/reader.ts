import type { Entity } from '@formwork/registry';
import DataLoader from 'dataloader';
import {
  type AggregateArguments,
  type AggregateNode,
  type AggregateSelection,
  type Awaitable,
  type ConnectionArguments,
  type ConnectionNode,
  type ConnectionSelection,
  RecordError,
  type RecordNode,
  type RecordSelection,
  type Records,
} from '../contract.ts';
import { findKey, ownKeyValues } from '../validate/own-names.ts';
import { readAggregate, readLinkedAggregates } from './aggregate/aggregate.ts';
import { normalizeId } from './bad-input.ts';
import { readConnection } from './connection.ts';
import { KeyLoader } from './key-loader.ts';
import { readLinkedConnections } from './linked-connection.ts';
import { Asked, ReadRecord } from './nested-values.ts';
import { NodeLoader } from './node-loader.ts';
import type { ReadContext } from './read-context.ts';
import { RecordLoader } from './record-loader.ts';
import { plainConnection, plainRecord, selectionKey } from './selection-key.ts';

export type Reader = Pick<
  Records,
  | 'byId'
  | 'byKey'
  | 'node'
  | 'nodes'
  | 'connection'
  | 'linkedRecord'
  | 'linkedConnection'
  | 'aggregate'
  | 'linkedAggregate'
> & {
  /** Forgets everything that was read: to be called after each write. */
  forget(): void;
};

/** The read side of one request: what is asked for in one tick is loaded together. */
export function createReader(context: ReadContext): Reader {
  return new LoadingReader(context);
}

class LoadingReader implements Reader {
  readonly #context: ReadContext;
  readonly #records = new Map<Entity, RecordLoader>();
  readonly #keys = new Map<string, KeyLoader>();
  readonly #connections = new Map<string, DataLoader<string, ConnectionNode>>();
  readonly #aggregates = new Map<string, DataLoader<string, readonly AggregateNode[]>>();
  #nodes: NodeLoader;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#nodes = new NodeLoader(context);
  }

  forget(): void {
    this.#records.clear();
    this.#keys.clear();
    this.#connections.clear();
    this.#aggregates.clear();
    this.#nodes = new NodeLoader(this.#context);
  }

  async byId(...[typeName, id, selection]: Parameters<Records['byId']>): Promise<RecordNode | null> {
    const known = normalizeId(id);
    return known === null ? null : this.#load(this.#entity(typeName), known, selection);
  }

  async byKey(
    ...[typeName, keyName, values, selection]: Parameters<Records['byKey']>
  ): Promise<RecordNode | null> {
    const entity = this.#entity(typeName);
    const key = findKey(entity, keyName);
    if (key === undefined) throw new Error(`"${typeName}" has no unique key "${keyName}"`);
    const loader = getOrCreate(
      this.#keys,
      `${typeName} ${keyName}`,
      () => new KeyLoader(this.#context, entity, key),
    );
    return loader.load(ownKeyValues(key, values), this.#context.nests ? selection : plainRecord(selection));
  }

  async node(...[id, selectionOf]: Parameters<Records['node']>): Promise<RecordNode | null> {
    const known = normalizeId(id);
    const typeName = known && (await this.#nodes.load(known));
    return known && typeName ? this.byId(typeName, known, selectionOf(typeName)) : null;
  }

  async nodes(...[ids, selectionOf]: Parameters<Records['nodes']>): Promise<readonly (RecordNode | null)[]> {
    const limit = this.#context.limits.nodes;
    if (ids.length > limit) {
      const message = `"ids" has ${ids.length} ids; at most ${limit} are read at once.`;
      const found = ids.length;
      throw new RecordError('LIMIT_EXCEEDED', message, { path: 'ids', limit, found, limitOf: 'nodes' });
    }
    return Promise.all(ids.map((id) => this.node(id, selectionOf)));
  }

  async connection(
    ...[typeName, args, selection]: Parameters<Records['connection']>
  ): Promise<ConnectionNode> {
    return readConnection(this.#context, this.#entity(typeName), args, selection);
  }

  linkedRecord(
    ...[parent, fieldName, selection]: Parameters<Records['linkedRecord']>
  ): Awaitable<RecordNode | null> {
    const nested = ReadRecord.nestedIn<RecordNode | null>(parent, new Asked(fieldName, selection));
    return nested === undefined ? this.#loadLinked(parent, fieldName, selection) : nested;
  }

  async #loadLinked(
    parent: RecordNode,
    fieldName: string,
    selection: RecordSelection,
  ): Promise<RecordNode | null> {
    const field = this.#entity(parent.typeName).fieldByName.get(fieldName);
    if (field?.type !== 'link') throw new Error(`"${parent.typeName}" has no link "${fieldName}"`);
    const id = await this.#linkedId(parent, fieldName);
    const target = this.#context.registry.entityByKey.get(field.options.target ?? '');
    return id === null || target === undefined ? null : this.#load(target, id, selection);
  }

  linkedConnection(
    ...[parent, fieldName, args, selection]: Parameters<Records['linkedConnection']>
  ): Awaitable<ConnectionNode> {
    const nested = ReadRecord.nestedIn<ConnectionNode>(parent, new Asked(fieldName, selection, args));
    if (nested !== undefined) return nested;
    const entity = this.#entity(parent.typeName);
    const known = this.#context.nests ? selection : plainConnection(selection);
    const loader = getOrCreate(this.#connections, loaderKey(entity, fieldName, args, known), () =>
      this.#connectionLoader(entity, fieldName, args, known),
    );
    return loader.load(parent.id);
  }

  async aggregate(
    ...[typeName, args, selection]: Parameters<Records['aggregate']>
  ): Promise<readonly AggregateNode[]> {
    return readAggregate(this.#context, this.#entity(typeName), args, selection);
  }

  linkedAggregate(
    ...[parent, fieldName, args, selection]: Parameters<Records['linkedAggregate']>
  ): Awaitable<readonly AggregateNode[]> {
    const asked = new Asked(fieldName, selection, args);
    const nested = ReadRecord.nestedIn<readonly AggregateNode[]>(parent, asked);
    if (nested !== undefined) return nested;
    const entity = this.#entity(parent.typeName);
    const loader = getOrCreate(
      this.#aggregates,
      loaderKey(entity, fieldName, args, selection),
      () =>
        new DataLoader<string, readonly AggregateNode[]>(
          (ids) => readLinkedAggregates(this.#context, entity, fieldName, args, selection, ids),
          { batchScheduleFn: this.#context.batcher.schedule },
        ),
    );
    return loader.load(parent.id);
  }

  #connectionLoader(
    parent: Entity,
    fieldName: string,
    args: ConnectionArguments,
    selection: ConnectionSelection,
  ): DataLoader<string, ConnectionNode> {
    return new DataLoader(
      (ids) => readLinkedConnections(this.#context, parent, fieldName, args, selection, ids),
      { batchScheduleFn: this.#context.batcher.schedule },
    );
  }

  /** The id in a link. Records that were read without it (as what a write gave back may be) are asked again. */
  async #linkedId(parent: RecordNode, name: string): Promise<string | null> {
    if (Object.hasOwn(parent.values, name)) return (parent.values[name] as string | null | undefined) ?? null;
    const again = await this.byId(parent.typeName, parent.id, { fields: [name] });
    return (again?.values[name] as string | null | undefined) ?? null;
  }

  #load(entity: Entity, id: string, selection: RecordSelection): Promise<RecordNode | null> {
    const loader = getOrCreate(this.#records, entity, () => new RecordLoader(this.#context, entity));
    return loader.load(id, this.#context.nests ? selection : plainRecord(selection));
  }

  #entity(typeName: string): Entity {
    const entity = this.#context.registry.entityByTypeName.get(typeName);
    if (entity === undefined) throw new Error(`The registry has no type "${typeName}"`);
    return entity;
  }
}

/** Connections, and aggregates, that differ in nothing but their parent have one key. */
function loaderKey(
  entity: Entity,
  fieldName: string,
  args: ConnectionArguments | AggregateArguments,
  selection: ConnectionSelection | AggregateSelection,
): string {
  return JSON.stringify([entity.key, fieldName, args, selectionKey(selection)]);
}

function getOrCreate<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
