import { type Claim, isUsableClaim } from '@formwork/directory';

type Payload = Readonly<Record<string, unknown>>;

/** A claim by its name; where there is none of that name, dots lead into objects (`realm.roles`). */
function claimOf(payload: Payload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name.split('.').reduce<unknown>((value, part) => {
    const isInside =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, part);
    return isInside ? (value as Payload)[part] : undefined;
  }, payload);
}

/** Text, or a number as text; null for anything else. */
export function textClaimOf(payload: Payload, name: string): string | null {
  const value = claimOf(payload, name);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** All claims that row rules can compare, those inside objects under dotted names. */
export function usableClaims(payload: Payload, prefix = ''): Record<string, Claim> {
  const found = Object.entries(payload).flatMap(([key, value]): [string, Claim][] => {
    const name = `${prefix}${key}`;
    if (isUsableClaim(name, value)) return [[name, value]];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.entries(usableClaims(value as Payload, `${name}.`)) : [];
  });
  return Object.fromEntries(found);
}
