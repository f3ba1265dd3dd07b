import type { ClaimValues } from './row-rule.ts';

/** What is known of a caller, without who it is. */
interface Caller {
  readonly actor: string;
  readonly claims: ClaimValues;
}

/** By a caller's own claims, which are the same object for as long as it is remembered. */
const known = new WeakMap<ClaimValues, Caller>();

/** All that row rules can ask for: a caller's claims, and who it is. */
export function callerClaims({ actor, claims }: Caller): ClaimValues {
  const before = known.get(claims);
  if (before?.actor === actor) return before.claims;
  const all = { ...claims, actor };
  known.set(claims, { actor, claims: all });
  return all;
}
