import type { TenantRow } from '@formwork/directory';
import { type DataPlane, SchemaChangedError } from '@formwork/pg';
import { type ImportOutcome, importRecords, RecordError, type Values } from '@formwork/records';
import type { Entity, UniqueKey } from '@formwork/registry';
import { Failure } from '../failure.ts';
import type { VersionedRegistry } from '../load-registry.ts';
import type { WriteBatch } from './import-rows.ts';
import { upsertRecords } from './upsert-records.ts';

interface BatchWriterOptions {
  readonly dataPlane: DataPlane;
  readonly tenant: TenantRow;
  /** Every batch is fenced by its version: should the registry change meanwhile, the import ends. */
  readonly current: VersionedRegistry;
  readonly entity: Entity;
  /** By which records are changed that are there already; null: they are refused. */
  readonly key: UniqueKey | null;
  readonly isDryRun: boolean;
}

/** Written into `created_by`. */
const actor = 'import';

/** So often a batch is written again that lost a race. */
const attempts = 3;

/** Writes batches through the validation and the checks of the API, each in a transaction of its own. */
export function createBatchWriter(options: BatchWriterOptions): WriteBatch {
  return async (inputs) => {
    const outcomes = await writeAll(options, inputs);
    return outcomes.map((outcome) => ('error' in outcome ? outcome.error.message : null));
  };
}

/**
 * What Postgres alone refuses (a number that no index holds, a link that was deleted in this moment) takes the whole
 * transaction along: then each half is written by itself, until the row that was refused stands alone.
 */
async function writeAll(
  options: BatchWriterOptions,
  inputs: readonly Values[],
): Promise<readonly ImportOutcome[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writeOnce(options, inputs);
    } catch (error) {
      if (error instanceof SchemaChangedError) {
        throw new Failure(
          'the registry was changed meanwhile. Look whether the columns still fit, then import the rest.',
        );
      }
      if (!(error instanceof RecordError)) throw error;
      if (error.retry && attempt < attempts) continue;
      if (inputs.length === 1) return [{ error }];
      const half = Math.ceil(inputs.length / 2);
      const first = await writeAll(options, inputs.slice(0, half));
      return [...first, ...(await writeAll(options, inputs.slice(half)))];
    }
  }
}

async function writeOnce(
  { dataPlane, tenant, current: { registry, version }, entity, key, isDryRun }: BatchWriterOptions,
  inputs: readonly Values[],
): Promise<readonly ImportOutcome[]> {
  let outcomes: readonly ImportOutcome[] = [];
  try {
    await dataPlane.write(tenant.id, version, async (transaction) => {
      const execute = transaction.run.bind(transaction);
      const context = { registry, execute, actor, tenantId: tenant.id };
      outcomes =
        key === null
          ? await importRecords(context, entity.names.type, inputs)
          : await upsertRecords(context, entity, key, inputs);
      if (isDryRun) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return outcomes;
}

/** Ends the transaction of a dry run. */
class RolledBack extends Error {}
