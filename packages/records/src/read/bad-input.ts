import { quote } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import { isStorableText } from '../validate/characters.ts';

/** An argument that makes no sense; the path says where in the arguments ("where.origin.city.eq"). */
export function badInput(path: string, reason: string): RecordError {
  return new RecordError('BAD_USER_INPUT', `${quote(path)} ${reason}`, { path });
}

/** Throws for what Postgres cannot hold, before it could fail there with a message of its own. */
export function assertStorable(text: string, path: string): string {
  if (isStorableText(text)) return text;
  throw badInput(path, 'has a character that no text can hold (NUL, or half of a surrogate pair).');
}

const idPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The id in the form that Postgres gives back, or null for a text that is the id of nothing. */
export function normalizeId(text: string): string | null {
  return idPattern.test(text) ? text.toLowerCase() : null;
}
