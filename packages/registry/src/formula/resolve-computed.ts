import { ComputedOperands } from './computed-operands.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import { formulaLimits } from './formula-limits.ts';
import { measure } from './measure.ts';
import { resolveFormula } from './resolve-formula.ts';
import { resolveLookup } from './resolve-lookup.ts';
import { resolveRollup } from './resolve-rollup.ts';
import {
  type ReportComputed,
  type Resolution,
  type ResolvedField,
  titleOf,
  whole,
} from './resolved-field.ts';

/**
 * Resolves the computed fields of all entities, each once, those that it uses before it. A field that uses one with a
 * problem is left unresolved without a problem of its own.
 */
export class ComputedResolver {
  readonly #resolution: Resolution;
  /** Null: has a problem, or uses one that has. */
  readonly #resolved = new Map<ScopeField, ResolvedField | null>();
  /** Being resolved, from the one that was asked for to the one that it needs. */
  readonly #open: { readonly entity: ScopeEntity; readonly field: ScopeField }[] = [];

  constructor(scope: ComputedScope, report: ReportComputed) {
    const operands = new ComputedOperands(scope, this.#resolved);
    this.#resolution = { scope, operands, report, resolve: this.resolve.bind(this) };
  }

  resolve(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    const known = this.#resolved.get(field);
    if (known !== undefined) {
      return known;
    }
    if (this.#isCircle(entity, field) || this.#isTooLong(entity, field)) {
      return null;
    }
    this.#open.push({ entity, field });
    const resolved = this.#resolveNew(entity, field);
    this.#open.pop();
    // A circle found further in has settled it.
    const settled = this.#resolved.get(field) === null ? null : this.#bounded(entity, field, resolved);
    this.#resolved.set(field, settled);
    return settled;
  }

  #resolveNew(entity: ScopeEntity, field: ScopeField): ResolvedField | null {
    switch (field.type) {
      case 'lookup':
        return resolveLookup(this.#resolution, entity, field);
      case 'rollup':
        return resolveRollup(this.#resolution, entity, field);
      default:
        return resolveFormula(this.#resolution, entity, field);
    }
  }

  #isCircle(entity: ScopeEntity, field: ScopeField): boolean {
    const start = this.#open.findIndex((open) => open.field === field);
    if (start < 0) {
      return false;
    }
    const circle = this.#open.slice(start);
    const names = [...circle, { entity, field }].map((one) => `"${one.entity.key}.${one.field.key}"`);
    const way =
      circle.length === 1
        ? ' refers to itself.'
        : ` refers to itself in a circle: ${names.join(' → ')}. Take one of them out.`;
    for (const one of circle) {
      this.#resolved.set(one.field, null);
    }
    this.#refuse(entity, field, 'CIRCULAR', way);
    return true;
  }

  #isTooLong(entity: ScopeEntity, field: ScopeField): boolean {
    const isTooLong = this.#open.length >= formulaLimits.levels;
    if (isTooLong) {
      this.#refuse(entity, field, 'LIMIT_EXCEEDED', tooManyLevels);
      this.#resolved.set(field, null);
    }
    return isTooLong;
  }

  #bounded(entity: ScopeEntity, field: ScopeField, resolved: ResolvedField | null): ResolvedField | null {
    const excess = resolved && excessOf(resolved);
    if (excess !== null) {
      this.#refuse(entity, field, 'LIMIT_EXCEEDED', excess);
      return null;
    }
    return resolved;
  }

  /** `what` ends the sentence that the field begins. */
  #refuse(entity: ScopeEntity, field: ScopeField, code: string, what: string): void {
    const { type, options } = field;
    const option = type === 'formula' ? 'expression' : options.field === undefined ? 'filter' : 'field';
    this.#resolution.report(entity, field, { code, option, message: `${titleOf(field)}${what}` });
  }
}

const tooManyLevels = ` stands in a row of more than ${formulaLimits.levels} computed fields that use each other. Use fewer.`;

function excessOf(resolved: ResolvedField): string | null {
  if (resolved.level > formulaLimits.levels) {
    return tooManyLevels;
  }
  const { parts, links, linkDepth } = measure(whole(resolved));
  const excess = [
    { count: linkDepth, most: formulaLimits.links, unit: 'links behind each other' },
    { count: links, most: formulaLimits.wholeLinks, unit: 'links' },
    { count: parts, most: formulaLimits.wholeParts, unit: 'parts' },
  ].find(({ count, most }) => count > most);
  return excess === undefined
    ? null
    : `, with the computed fields that it uses, comes to ${excess.count} ${excess.unit}; at most ${excess.most} are allowed.`;
}
