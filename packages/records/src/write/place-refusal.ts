import { DatabaseError } from '@formwork/pg';
import { quote } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import type { InputPath, Violation } from '../validate/violation.ts';
import type { WritePlan } from './write-plan.ts';

/**
 * Where in the input that stands which the database refused: it names the entity, the field and what was to become of it,
 * and the plans know from where that came.
 */
export function placeRefusal(error: unknown, plans: readonly WritePlan[]): unknown {
  if (!(error instanceof RecordError && error.cause instanceof DatabaseError)) return error;
  const detail = (error.cause.detail ?? {}) as Readonly<Record<string, unknown>>;
  const ofEntity = plans.filter(({ entity }) => entity.storageKey === detail['entity']);
  if (error.code === 'ILLEGAL_TRANSITION') return placeTransition(error, detail, ofEntity);
  return error.code === 'VALIDATION_FAILED' ? placeShape(error, detail, ofEntity) : error;
}

/** New records that are to begin alike are refused alike, so the first of them will do. */
function placeTransition(
  error: RecordError,
  { field, to }: Readonly<Record<string, unknown>>,
  plans: readonly WritePlan[],
): RecordError {
  const key = String(field);
  const text = JSON.stringify(to);
  const plan = plans.find(
    ({ values, removed }) =>
      values.some((value) => value.key === key && value.text === text) || removed.includes(key),
  );
  const name = String(error.details['field']);
  return plan === undefined ? error : placed(error, { ...error.details, path: [...plan.path, name] });
}

/** What was checked before it was sent has a shape that fits; what was copied from another record may be missing. */
function placeShape(
  error: RecordError,
  { fields }: Readonly<Record<string, unknown>>,
  plans: readonly WritePlan[],
): RecordError {
  const keys: readonly unknown[] = Array.isArray(fields) ? fields : [];
  const found = (error.details['violations'] ?? []) as readonly Violation[];
  const violations = found.map((violation, index) => {
    const copying = plans.filter(({ copies }) => copies.some(({ to }) => to === keys[index]));
    return copying.length === 0 ? violation : nothingToCopy(copying, String(keys[index]), violation);
  });
  const message = violations.map((violation) => violation.message).join(' ');
  return placed(error, { violations }, message);
}

function nothingToCopy(plans: readonly WritePlan[], key: string, { path }: Violation): Violation {
  const { entity, copies } = plans[0] as WritePlan;
  const labelOf = (storageKey: string) =>
    quote(entity.fieldByStorageKey.get(storageKey)?.label ?? storageKey);
  const link = copies.find(({ to }) => to === key)?.link ?? '';
  const message = `${labelOf(key)} is required, and what ${labelOf(link)} leads to has none to copy. Give a value.`;
  return { path: pathOf(plans, path.slice(-1)), code: 'REQUIRED', message };
}

/** Of one of several records it is not known which one it was. */
function pathOf([first, ...others]: readonly WritePlan[], name: InputPath): InputPath {
  const path = first?.path ?? [];
  if (others.length === 0) return [...path, ...name];
  const end = path.findIndex((step, index) => others.some((other) => other.path[index] !== step));
  return end < 0 ? path : path.slice(0, end);
}

function placed(
  { code, message, retry, cause }: RecordError,
  details: RecordError['details'],
  said = message,
): RecordError {
  return new RecordError(code, said, details, { retry, cause });
}
