import { DatabaseError } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import { subject } from '../validate/describe-error.ts';
import { takenMessage } from './key-conflicts.ts';

/**
 * What Postgres refused, as an error that a client can act on; anything else comes back as it is. The walls that
 * speak here stand behind checks, so what hits them has lost a race (then `retry` is set: another attempt at the
 * whole transaction will either succeed or know what is in the way) or came past the checks.
 *
 * `entity`: what was being written, where that is known; under row-level security Postgres names no more than a slot.
 */
export function recordErrorOf(registry: Registry, error: unknown, entity: Entity | null = null): unknown {
  if (!(error instanceof DatabaseError) || error.sqlstate === null) return error;
  const make = makers[error.sqlstate];
  const made = make?.(registry, error, entity);
  if (made === undefined) return error;
  made.cause = error;
  return made;
}

type Maker = (registry: Registry, error: DatabaseError, entity: Entity | null) => RecordError | undefined;

/** SQLSTATEs of Postgres, and our own of sql/006 and sql/008. */
const makers: Readonly<Record<string, Maker>> = {
  '23505': uniqueViolation,
  '23503': linkBroken,
  '22003': () => invalid('A number is too large to be stored.'),
  // The stack: what is nested has been refused before, so it is deletions that go from one record to the next.
  '54001': () =>
    new RecordError(
      'LIMIT_EXCEEDED',
      'The deletion would go through too many records, one behind the other. Delete in parts, from the far end.',
    ),
  '54000': () => new RecordError('LIMIT_EXCEEDED', 'A value is too large to be stored. Make it smaller.'),
  FW010: shapeRefused,
  FW011: wrongTarget,
  FW012: deletionRestricted,
  FW013: tooManyTouched,
  FW014: illegalTransition,
  FW015: withoutCounterpart,
};

function uniqueViolation(_: Registry, error: DatabaseError, entity: Entity | null): RecordError {
  const slot = slotOf(error);
  const key = entity?.keys.find((candidate) => candidate.slot.column === slot);
  if (!entity || !key) {
    const message = 'Another record has the same values of a unique key. Choose other values.';
    return new RecordError('UNIQUE_VIOLATION', message, {}, { retry: true });
  }
  const details = { key: key.name, fields: key.fields.map((field) => field.name) };
  return new RecordError('UNIQUE_VIOLATION', takenMessage(entity, key), details, { retry: true });
}

function linkBroken(_: Registry, error: DatabaseError, entity: Entity | null): RecordError {
  const slot = slotOf(error);
  const field =
    slot === null ? undefined : entity?.fields.find((candidate) => candidate.slot?.column === slot);
  const message = field
    ? `The record that "${field.label}" is to lead to is not there any more.`
    : 'A record that a link leads to is not there any more.';
  return new RecordError('LINK_NOT_FOUND', message, field ? { field: field.name } : {}, { retry: true });
}

function shapeRefused(registry: Registry, error: DatabaseError): RecordError | undefined {
  const detail = detailOf(error);
  const entity = registry.entityByStorageKey.get(String(detail['entity']));
  if (entity === undefined) return undefined;
  const keys = Array.isArray(detail['fields']) ? detail['fields'].map(String) : [];
  const violations = keys.map((key) => {
    const name = entity.fieldByStorageKey.get(key)?.name ?? key;
    const message = `${subject(entity, [name])} is missing or has a value that it cannot have.`;
    return { path: ['input', name], code: 'INVALID', message };
  });
  return invalid(violations.map(({ message }) => message).join(' '), violations);
}

function withoutCounterpart(registry: Registry, error: DatabaseError): RecordError | undefined {
  const detail = detailOf(error);
  const entity = registry.entityByStorageKey.get(String(detail['entity']));
  const field = entity?.fieldByStorageKey.get(String(detail['field']));
  if (!entity || !field) return undefined;
  const other = entity.fieldByStorageKey.get(String(detail['other']));
  const message = `${subject(entity, [field.name])} is just becoming another type, and this value has no counterpart in ${other ? subject(entity, [other.name]) : 'that'}: both are written until the old one is gone. Give another value.`;
  return invalid(message, [{ path: ['input', field.name], code: 'INVALID', message }]);
}

function wrongTarget(registry: Registry, error: DatabaseError): RecordError | undefined {
  const detail = detailOf(error);
  const entity = registry.entityByStorageKey.get(String(detail['entity']));
  const field = entity?.fieldByStorageKey.get(String(detail['field']));
  const target = registry.entityByStorageKey.get(String(detail['target']));
  if (!field || !target) return undefined;
  const message = `There is no "${target.label}" with id "${detail['id']}" for "${field.label}" to lead to.`;
  return new RecordError('LINK_NOT_FOUND', message, { field: field.name, id: detail['id'] }, { retry: true });
}

function deletionRestricted(registry: Registry, error: DatabaseError): RecordError | undefined {
  const detail = detailOf(error);
  const by = registry.entityByStorageKey.get(String(detail['by']));
  const target = registry.entityByStorageKey.get(String(detail['entity']));
  const field = by?.fieldByStorageKey.get(String(detail['field']));
  if (!by || !target || !field) return undefined;
  const records = (Array.isArray(detail['records']) ? detail['records'] : []).map(
    ({ id }: { id: string }) => ({
      type: by.names.type,
      id,
    }),
  );
  const message = `This "${target.label}" cannot be deleted: records of "${by.label}" lead to it by "${field.label}". Change or delete those first.`;
  return new RecordError('DELETE_RESTRICTED', message, { type: by.names.type, field: field.name, records });
}

function tooManyTouched(registry: Registry, error: DatabaseError): RecordError {
  const { entity, touched, limit } = detailOf(error);
  const label = registry.entityByStorageKey.get(String(entity))?.label ?? '';
  const message = `The deletion would touch ${touched} records of "${label}"; at most ${limit} are allowed. Delete those first, in parts.`;
  return new RecordError('LIMIT_EXCEEDED', message, { limit, found: touched });
}

function illegalTransition(registry: Registry, error: DatabaseError): RecordError | undefined {
  const detail = detailOf(error);
  const field = registry.entityByStorageKey
    .get(String(detail['entity']))
    ?.fieldByStorageKey.get(String(detail['field']));
  if (!field) return undefined;
  const choiceOf = (key: unknown) => field.choices.find((choice) => choice.key === key);
  const [from, to] = [choiceOf(detail['from']), choiceOf(detail['to'])];
  const allowed = (Array.isArray(detail['allowed']) ? detail['allowed'] : []).flatMap(
    (key) => choiceOf(key) ?? [],
  );
  const attempt = from
    ? `go from "${from.label}" to ${to ? `"${to.label}"` : 'nothing'}`
    : `begin as "${to?.label}"`;
  const labels = allowed.map(({ label }) => `"${label}"`).join(', ');
  const wayOut = labels === '' ? 'No other state may follow.' : `Allowed is ${labels}.`;
  return new RecordError('ILLEGAL_TRANSITION', `"${field.label}" cannot ${attempt}. ${wayOut}`, {
    field: field.name,
    from: from?.name ?? null,
    to: to?.name ?? null,
    allowed: allowed.map(({ name }) => name),
  });
}

function invalid(message: string, violations: readonly unknown[] = []): RecordError {
  return new RecordError('VALIDATION_FAILED', message, { violations });
}

/** The slot that an index ("records_u1") or a foreign key ("records_l3_fkey") of records is about. */
function slotOf({ constraint }: DatabaseError): string | null {
  return /^records_([ul]\d)(?:_fkey)?$/.exec(constraint ?? '')?.[1] ?? null;
}

function detailOf({ detail }: DatabaseError): Readonly<Record<string, unknown>> {
  return typeof detail === 'object' && detail !== null ? (detail as Readonly<Record<string, unknown>>) : {};
}
