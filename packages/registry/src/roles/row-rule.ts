import { isObject } from '../check-json.ts';
import type { Entity, Registry } from '../model.ts';
import type { RowRule } from './role-document.ts';
import { findMember, type Naming, type RuleMember } from './rule-members.ts';

/** The place of a value of the caller in a rule: `{ "claim": "email" }`. */
interface ClaimReference {
  readonly claim: string;
}

export function isClaimReference(value: unknown): value is ClaimReference {
  if (!isObject(value) || Object.keys(value).length !== 1) {
    return false;
  }
  const { claim } = value;
  return typeof claim === 'string';
}

/** Names of the claims that a rule, or a part of one, speaks of. */
export function claimsOf(value: unknown): ReadonlySet<string> {
  const claims = new Set<string>();
  const walk = (part: unknown): void => {
    if (isClaimReference(part)) claims.add(part.claim);
    else if (Array.isArray(part)) part.forEach(walk);
    else if (isObject(part)) Object.values(part).forEach(walk);
  };
  walk(value);
  return claims;
}

/** A rule with values in the place of its claims. */
export function fillClaims(value: unknown, valueOfClaim: (claim: string) => unknown): unknown {
  if (isClaimReference(value)) {
    return valueOfClaim(value.claim);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => fillClaims(item, valueOfClaim));
  }
  if (!isObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, fillClaims(item, valueOfClaim)]),
  );
}

/** A checked rule with its members called otherwise: documents, rows and GraphQL have names of their own. */
export function renameRule(
  registry: Registry,
  entity: Entity,
  rule: RowRule,
  from: Naming,
  to: Naming,
): RowRule {
  const rename = (place: Entity, part: unknown): RowRule =>
    Object.fromEntries(
      Object.entries(part as RowRule).map(([name, value]) => {
        switch (name) {
          case 'and':
          case 'or':
            return [name, (value as readonly unknown[]).map((item) => rename(place, item))];
          case 'not':
            return [name, rename(place, value)];
          default: {
            const member = findMember(registry, place, from, name);
            if (member === undefined) {
              throw new Error(`A rule speaks of "${name}", and "${place.key}" has no such field.`);
            }
            return [member[to], renameOperand(member, value)];
          }
        }
      }),
    );
  const renameOperand = ({ kind, target }: RuleMember, operand: unknown): unknown => {
    if (kind === 'value' || target === null) {
      return operand;
    }
    if (kind === 'link') {
      const { isNull, ...rest } = operand as RowRule;
      return { ...rename(target, rest), ...(isNull !== undefined && { isNull }) };
    }
    return Object.fromEntries(
      Object.entries(operand as RowRule).map(([name, value]) => [
        name,
        name === 'count' || name === 'isNull' ? value : rename(target, value),
      ]),
    );
  };
  return rename(entity, rule);
}
