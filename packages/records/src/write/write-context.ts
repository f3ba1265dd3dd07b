import type { Row, Statement } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import type { Permissions } from '../access/permissions.ts';
import type { RecordSelection } from '../contract.ts';
import type { Execute } from '../read/execute.ts';
import type { ReadLimits } from '../read/limits.ts';
import type { RecordsRead } from '../read/read-back.ts';
import type { InputPath } from '../validate/violation.ts';
import { recordErrorOf } from './record-error-of.ts';

/** What every write of an operation is done with. */
export interface WriteContext {
  /** The whole registry, also what the caller may not see of it. */
  readonly registry: Registry;
  readonly permissions: Permissions;
  /** Sends statements in one message, in the operation's transaction. */
  readonly execute: Execute;
  /** The same for what is found by a filter: planned for the tenant and the values at hand. */
  readonly read: Execute;
  /** Who writes: "key:<id>". */
  readonly actor: string;
  /** Records that this operation has made, by id, and where each stood in its input: if it is refused, none will be there. */
  readonly made: Map<string, InputPath>;
  readonly readBack: ReadBack;
  /** Of filters. */
  readonly limits: ReadLimits;
}

/** How the read side reads records back through their view. */
export type ReadBack = (entity: Entity, ids: readonly string[], selection: RecordSelection) => RecordsRead;

/** Runs statements that write records of `entity`; rejects with a RecordError where Postgres' refusal can be told. */
export async function runWrite(
  { registry, execute }: Pick<WriteContext, 'registry' | 'execute'>,
  entity: Entity,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const results = await execute(statements).catch((error: unknown) => {
    throw recordErrorOf(registry, error, entity);
  });
  return results.map((result) => {
    if (result instanceof Error) throw recordErrorOf(registry, result, entity);
    return result as readonly Row[];
  });
}
