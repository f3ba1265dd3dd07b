import { quote, type Registry } from '@formwork/registry';
import { bindRegistry } from './access/bind-registry.ts';
import { Permissions } from './access/permissions.ts';
import type { ClaimValues } from './access/row-rule.ts';
import { allowedTransitions } from './allowed-transitions.ts';
import { type OperationRecords, RecordError, type Values } from './contract.ts';
import { CursorSealer } from './read/cursor.ts';
import type { Execute } from './read/execute.ts';
import { defaultReadLimits, type ReadLimits } from './read/limits.ts';
import { compileRecordsRead } from './read/read-back.ts';
import { createReader, type Reader } from './read/reader.ts';
import { TickBatcher } from './read/tick-batcher.ts';
import { findEntity } from './validate/find-entity.ts';
import { entitySchema } from './validate/json-schema.ts';
import type { WriteOperation } from './validate/schema-types.ts';
import { planningAfresh } from './write/plan-afresh.ts';
import { createWriter, type Writer } from './write/writer.ts';

export interface RecordsOptions {
  /** As the caller's role sees it: see `registryForRole`. */
  readonly registry: Registry;
  readonly tenantId: string;
  /** Sends statements: for a query a batch of the data plane, for a mutation its transaction. */
  readonly execute: Execute;
  /** Seals cursors; the same for all gateways, or a cursor of one is none for another. */
  readonly cursorSecret: string;
  /** Who asks: "key:<id>". */
  readonly actor: string;
  /** Of the caller: a cursor is good for one role only. */
  readonly role?: string;
  /** What is known of the caller, for row rules; beside it they know the claim `actor`. */
  readonly claims?: ClaimValues;
  /** In a query nothing can be written. */
  readonly mode: 'query' | 'mutation';
  readonly limits?: Partial<ReadLimits>;
  /** `loaders` reads what is behind links by loaders, even where one statement could (the default). */
  readonly links?: 'nested' | 'loaders';
}

/** The records of one tenant for one operation. */
export function createRecords(options: RecordsOptions): OperationRecords {
  const limits = { ...defaultReadLimits, ...options.limits };
  const read = options.mode === 'mutation' ? planningAfresh(options.execute) : options.execute;
  const claims = { ...options.claims, actor: options.actor };
  const registry = bindRegistry(options.registry, claims);
  const permissions = new Permissions(registry, claims);
  const reader = createReader({
    registry,
    batcher: new TickBatcher(read),
    cursors: {
      sealer: new CursorSealer(options.cursorSecret),
      tenantId: options.tenantId,
      role: options.role ?? '',
    },
    limits,
    // What a mutation gives back is read by loaders: within its transaction nothing could be read again.
    nests: options.mode === 'query' && options.links !== 'loaders',
  });
  const writer =
    options.mode === 'mutation'
      ? forgetting(
          reader,
          createWriter({
            ...options,
            registry: registry.whole ?? registry,
            permissions,
            read,
            limits,
            readBack: (entity, ids, selection) =>
              compileRecordsRead(permissions.seen(entity) ?? entity, ids, selection),
          }),
        )
      : refusing;
  return {
    byId: (...args) => reader.byId(...args),
    byKey: (...args) => reader.byKey(...args),
    node: (...args) => reader.node(...args),
    nodes: (...args) => reader.nodes(...args),
    connection: (...args) => reader.connection(...args),
    linkedRecord: (...args) => reader.linkedRecord(...args),
    linkedConnection: (...args) => reader.linkedConnection(...args),
    aggregate: (...args) => reader.aggregate(...args),
    linkedAggregate: (...args) => reader.linkedAggregate(...args),
    entitySchema: (key, operation) => schemaOfEntity(options.registry, key, operation),
    allowedTransitions: (...args) => allowedTransitions(options.registry, ...args),
    ...writer,
  };
}

function schemaOfEntity(registry: Registry, key: string, operation: WriteOperation): Values {
  const entity = findEntity(registry, key);
  if (entity !== undefined) return entitySchema(registry, entity, operation);
  const known = [...registry.entityByKey.keys()].join(', ');
  throw new RecordError('NOT_FOUND', `There is no entity ${quote(key)}. The entities are: ${known}.`);
}

/** What was read before a write may be wrong after it. */
function forgetting(reader: Reader, writer: Writer): Writer {
  const thenForget = <T>(written: Promise<T>): Promise<T> => written.finally(() => reader.forget());
  return {
    create: (...args) => thenForget(writer.create(...args)),
    update: (...args) => thenForget(writer.update(...args)),
    delete: (...args) => thenForget(writer.delete(...args)),
    createMany: (...args) => thenForget(writer.createMany(...args)),
    updateMany: (...args) => thenForget(writer.updateMany(...args)),
    deleteMany: (...args) => thenForget(writer.deleteMany(...args)),
    upsert: (...args) => thenForget(writer.upsert(...args)),
    restore: (...args) => thenForget(writer.restore(...args)),
    finishWrites: () => writer.finishWrites(),
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new RecordError('FORBIDDEN', 'Records are written in a mutation, not in a query.'));

const refusing: Writer = {
  create: refuse,
  update: refuse,
  delete: refuse,
  createMany: refuse,
  updateMany: refuse,
  deleteMany: refuse,
  upsert: refuse,
  restore: refuse,
  finishWrites: refuse,
};
