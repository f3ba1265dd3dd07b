import type { Row, Statement } from '@formwork/pg';
import { OpenValue, sql, textArray } from '@formwork/pg/sql-text';
import { type Entity, groupBy } from '@formwork/registry';
import { insertStatement, type NewRecord } from './insert-records.ts';

/**
 * One record that is written with nothing beside it, and how it is read back: others like it can be written and read back
 * by the same statements.
 */
export type LoneWrite = LoneCreation | LoneChange;

interface Alone {
  readonly entity: Entity;
  readonly actor: string;
  /** Of the record. */
  readonly id: string;
  /** Of one parameter, the list of ids, with the id as the first column; null where nothing is shown. */
  readonly readBack: Statement | null;
}

interface LoneCreation extends Alone {
  readonly kind: 'create';
  readonly record: NewRecord;
}

interface LoneChange extends Alone {
  readonly kind: 'update';
  /** Storage keys of values that are taken away. */
  readonly removed: readonly string[];
  /** JSON text of an object: the values that are given. */
  readonly patch: string;
  readonly ifVersion: number | null;
}

/** Whether two can travel together, where they are of two records. */
export function areAlike(one: LoneWrite, other: LoneWrite): boolean {
  return (
    one.entity === other.entity &&
    one.actor === other.actor &&
    one.readBack?.text === other.readBack?.text &&
    takenBy(one) === takenBy(other)
  );
}

/** What is the same for all that a statement writes. */
function takenBy(write: LoneWrite): string {
  return write.kind === 'create' ? 'create' : `update ${write.removed.join()}`;
}

/** What writes all of them, each of a record of its own: alike, and at least one. */
export function writeTogether(writes: readonly LoneWrite[]): readonly Statement[] {
  const [{ readBack }] = writes as readonly [LoneWrite];
  const statements = statementsOf(writes);
  if (readBack === null) return statements;
  return [...statements, { text: readBack.text, values: [textArray(writes.map(({ id }) => id))] }];
}

function statementsOf(writes: readonly LoneWrite[]): readonly Statement[] {
  const [{ entity, actor }] = writes as readonly [LoneWrite];
  const records = writes.flatMap((write) => (write.kind === 'create' ? [write.record] : []));
  if (records.length > 0) return [insertStatement(entity, records, actor, 'fail')];
  const changes = writes.flatMap((write) => (write.kind === 'update' ? [write] : []));
  return [lockChanged.fill(changes), changeTogether.fill(changes)];
}

/** What the statements of each of them alone would have given, of what those of all have given. */
export function resultsOfEach(
  writes: readonly LoneWrite[],
  outcome: readonly (readonly Row[])[],
): readonly (readonly (readonly Row[])[])[] {
  const [{ kind, readBack }] = writes as readonly [LoneWrite];
  const written = byId(outcome.at(readBack === null ? -1 : -2));
  const read = readBack && byId(outcome.at(-1));
  return writes.map(({ id }) => {
    // Of new records none is left out, so nobody has to say which went in.
    const own = kind === 'create' ? [[id]] : (written.get(id) ?? []);
    return read === null ? [own] : [own, read.get(id) ?? []];
  });
}

function byId(rows: readonly Row[] = []): ReadonlyMap<Row[0] | undefined, readonly Row[]> {
  return groupBy(rows, ([id]) => id);
}

/** Characters of JSON. */
export function sizeOf(write: LoneWrite): number {
  return write.kind === 'create' ? write.record.data.length : write.patch.length;
}

type Changes = readonly [LoneChange, ...LoneChange[]];

const ids = new OpenValue((changes: Changes) => textArray(changes.map(({ id }) => id)));
const entityKey = new OpenValue(([{ entity }]: Changes) => entity.storageKey);

/** In the order of ids, so that two who change the same records do not lock each other out. */
const lockChanged = sql`
  select r.id from formwork.records r where r.id = any (${ids}::uuid[]) and r.entity_type = ${entityKey}
  order by r.id for no key update`;

const removed = new OpenValue(([first]: Changes) => textArray(first.removed));
const patches = new OpenValue((changes: Changes) => objectOf(changes, ({ patch }) => patch));
const versions = new OpenValue((changes: Changes) => objectOf(changes, ({ ifVersion }) => String(ifVersion)));
const actor = new OpenValue(([first]: Changes) => first.actor);

/** As `updateStatement`, with values and versions of their own; found by ids, as the plan is kept for however many. */
const changeTogether = sql`
  update formwork.records r
  set data = (r.data - ${removed}::text[]) || (${patches}::jsonb -> r.id::text), updated_by = ${actor}
  where r.id = any (${ids}::uuid[]) and r.entity_type = ${entityKey} and r.deleted_at is null
    and r.version = coalesce((${versions}::jsonb ->> r.id::text)::int, r.version)
  returning r.id`;

function objectOf(changes: Changes, textOf: (change: LoneChange) => string): string {
  return `{${changes.map((change) => `"${change.id}":${textOf(change)}`).join()}}`;
}
