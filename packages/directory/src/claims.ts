import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** What is known of a caller, by name; row rules of roles compare it with records: `{ "email": "ann@example.com" }`. */
export type Claims = Readonly<Record<string, Claim>>;

export type Claim = string | number | boolean | readonly (string | number | boolean)[];

const most = { claims: 50, characters: 5_000 };

/** As in a registry's row rules. */
const claimName = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,199}$/;

/** What Formwork says of a caller itself: the claim of a key must not say otherwise. */
const reserved: ReadonlySet<string> = new Set(['actor']);

/** Whether row rules can compare it under that name, for claims that come from elsewhere; what they cannot is left out. */
export function isUsableClaim(name: string, value: unknown): value is Claim {
  return claimName.test(name) && !reserved.has(name) && isClaim(value);
}

/** Throws CLAIMS_INVALID unless a key can carry them. */
export function assertClaims(claims: unknown): asserts claims is Claims {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw invalid('The claims of a key must be an object.');
  }
  const entries = Object.entries(claims);
  if (entries.length > most.claims) throw invalid(`A key carries at most ${most.claims} claims.`);
  if (JSON.stringify(claims).length > most.characters) {
    throw invalid(`The claims of a key may have at most ${most.characters} characters.`);
  }
  for (const [name, value] of entries) {
    if (!claimName.test(name)) {
      throw invalid(`${quote(name)} is no name of a claim. Use letters, digits and _ . : / -`);
    }
    if (reserved.has(name)) throw invalid(`The claim ${quote(name)} is told by Formwork. Use another name.`);
    if (!isClaim(value)) {
      throw invalid(`The claim ${quote(name)} must be text, a number, true, false, or a list of such.`);
    }
  }
}

function isClaim(value: unknown): value is Claim {
  return Array.isArray(value) ? value.every(isScalar) : isScalar(value);
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return !/\0|\p{Surrogate}/u.test(value);
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

function invalid(message: string): DirectoryError {
  return new DirectoryError('CLAIMS_INVALID', message);
}
