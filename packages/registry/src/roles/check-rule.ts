import { isObject, joinPath } from '../check-json.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Entity, Registry } from '../model.ts';
import type { ProblemList } from '../problem-list.ts';
import { describe, quote } from '../quote.ts';
import { relativeProblem } from './relative-operand.ts';
import { isClaimReference } from './row-rule.ts';
import { findMember, type RuleMember, ruleMembers } from './rule-members.ts';
import { countOperators, type OperandForm, operandProblem, ruleOperators } from './rule-operators.ts';

/** How large one row rule may be: it is part of every statement about its entity. */
const ruleLimits = { conditions: 50, depth: 6 } as const;

/** Claims have names such as "email", "sub" or "https://example.com/claims/team". */
const claimName = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,199}$/;

/** Notes everything that is wrong with a row rule of an entity, by the keys of a document. */
export function checkRule(
  registry: Registry,
  entity: Entity,
  rule: unknown,
  path: string,
  problems: ProblemList,
): void {
  new RuleCheck(registry, problems).filter(entity, rule, path, 0);
}

class RuleCheck {
  readonly #registry: Registry;
  readonly #problems: ProblemList;
  #conditions = 0;

  constructor(registry: Registry, problems: ProblemList) {
    this.#registry = registry;
    this.#problems = problems;
  }

  filter(entity: Entity, filter: unknown, path: string, depth: number): void {
    if (!this.#isCondition(filter, path)) return;
    if (depth > ruleLimits.depth) {
      this.#add(path, `The rule is nested deeper than ${ruleLimits.depth} levels.`, 'LIMIT_EXCEEDED');
      return;
    }
    for (const [name, operand] of Object.entries(filter)) {
      this.#entry(entity, name, operand, joinPath(path, name), depth + 1);
    }
  }

  #entry(entity: Entity, name: string, operand: unknown, path: string, depth: number): void {
    if (name === 'not') {
      this.filter(entity, operand, path, depth);
    } else if (name === 'and' || name === 'or') {
      this.#filters(entity, name, operand, path, depth);
    } else {
      const member = findMember(this.#registry, entity, 'key', name);
      if (member) this.#member(member, operand, path, depth);
      else this.#unknown(entity, name, path);
    }
  }

  #filters(entity: Entity, name: string, operand: unknown, path: string, depth: number): void {
    if (!Array.isArray(operand) || operand.length === 0) {
      this.#add(path, `"${name}" must be a list of at least one filter.`);
      return;
    }
    operand.forEach((item: unknown, index) => {
      this.filter(entity, item, `${path}[${index}]`, depth);
    });
  }

  #unknown(entity: Entity, name: string, path: string): void {
    const candidates = [...ruleMembers(this.#registry, entity).map(({ key }) => key), 'and', 'or', 'not'];
    const message = () =>
      `The rule speaks of ${quote(name)}, and the entity ${quote(entity.key)} has no such field.${didYouMean(name, candidates)}`;
    this.#problems.add('FIELD_MISSING', path, message);
  }

  #member(member: RuleMember, operand: unknown, path: string, depth: number): void {
    const { kind, target, key } = member;
    if (!this.#isCondition(operand, path)) return;
    if (kind === 'value' || target === null) {
      this.#operators(ruleOperators(member), operand, path, key);
    } else if (kind === 'link') {
      const { isNull, ...rest } = operand;
      if (isNull !== undefined) this.#flag(isNull, joinPath(path, 'isNull'));
      if (Object.keys(rest).length > 0) this.filter(target, rest, path, depth);
    } else {
      this.#list(target, operand, path, depth);
    }
  }

  #list(target: Entity, operand: Readonly<Record<string, unknown>>, path: string, depth: number): void {
    for (const [name, value] of Object.entries(operand)) {
      const at = joinPath(path, name);
      if (name === 'some' || name === 'every' || name === 'none') this.filter(target, value, at, depth);
      else if (name === 'isNull') this.#flag(value, at);
      else if (name === 'count') {
        if (this.#isCondition(value, at)) this.#operators(countOperators, value, at, 'count');
      } else {
        const known = ['some', 'every', 'none', 'count', 'isNull'];
        this.#add(at, `Of many records ${quote(name)} cannot be asked.${didYouMean(name, known)}`);
      }
    }
  }

  #operators(
    operators: ReadonlyMap<string, OperandForm>,
    filter: Readonly<Record<string, unknown>>,
    path: string,
    key: string,
  ): void {
    for (const [name, operand] of Object.entries(filter)) {
      const at = joinPath(path, name);
      const form = operators.get(name);
      if (form === undefined) {
        const hint = didYouMean(name, operators.keys());
        this.#add(at, `${quote(name)} is no operator of ${quote(key)} in a rule.${hint}`);
      } else {
        this.#operand(form, operand, at, key);
      }
    }
  }

  #operand(form: OperandForm, operand: unknown, path: string, key: string): void {
    if (form.form === 'flag') this.#flag(operand, path);
    else if (form.form === 'relative') {
      const reason = relativeProblem(form.operator, form.isDate, operand);
      if (reason !== null) this.#add(path, `The value ${reason}.`);
    } else if (form.form === 'part') {
      if (this.#isCondition(operand, path)) this.#operators(form.operators, operand, path, key);
    } else if (isClaimReference(operand)) this.#claim(operand.claim, path);
    else if (form.form === 'value') this.#value(form, operand, path);
    else if (!Array.isArray(operand)) {
      this.#add(path, 'Here must be a list of values, or a claim that is one.');
    } else {
      operand.forEach((item: unknown, index) => {
        if (isClaimReference(item)) this.#claim(item.claim, `${path}[${index}]`);
        else this.#value(form, item, `${path}[${index}]`);
      });
    }
  }

  #value({ type, field }: Extract<OperandForm, { form: 'value' | 'list' }>, value: unknown, path: string) {
    const reason = operandProblem(type, field, value);
    if (reason !== null) this.#add(path, `The value ${reason}, or a claim: { "claim": "email" }.`);
  }

  #claim(name: string, path: string): void {
    if (claimName.test(name)) return;
    this.#add(path, `${quote(name)} is no name of a claim. Use letters, digits and _ . : / -`);
  }

  #flag(value: unknown, path: string): void {
    if (typeof value !== 'boolean') this.#add(path, `Here must be true or false, not ${describe(value)}.`);
  }

  /** Null and {} are errors, as in every filter: a slip must never match everything. */
  #isCondition(value: unknown, path: string): value is Readonly<Record<string, unknown>> {
    this.#conditions += 1;
    if (this.#conditions === ruleLimits.conditions + 1) {
      const message = `The rule has more than ${ruleLimits.conditions} conditions.`;
      this.#add(path, message, 'LIMIT_EXCEEDED');
    }
    if (this.#conditions > ruleLimits.conditions) return false;
    if (isObject(value) && Object.values(value).some((item) => item !== undefined)) return true;
    const given = isObject(value) ? 'an empty object' : describe(value);
    this.#add(
      path,
      `Here must be a filter with a condition, not ${given}. To permit all records leave "where" out.`,
    );
    return false;
  }

  #add(path: string, message: string, code = 'RULE_INVALID'): void {
    this.#problems.add(code, path, message);
  }
}
