import type { Values } from '@formwork/records';
import { Kind, type ValueNode } from 'graphql';

/** Stands for the value of a variable in arguments that are told before it is known. */
export class Hole {
  readonly variable: string;

  constructor(variable: string) {
    this.variable = variable;
  }
}

/** A value with the variables in their places. */
export type Fill = (variables: Values) => unknown;

/** What fills the holes of a value, which stays as it is; null where it has none. */
export function fillerOf(value: unknown): Fill | null {
  if (value instanceof Hole) return (variables) => variables[value.variable];
  if (typeof value !== 'object' || value === null) return null;
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const fill = fillerOf(part);
    return fill === null ? [] : [{ name, fill }];
  });
  if (parts.length === 0) return null;
  return (variables) => {
    const filled = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    for (const { name, fill } of parts) filled[name] = fill(variables);
    return filled;
  };
}

/** A variable without which arguments are others than those that were told. */
export interface NeededVariable {
  readonly name: string;
  readonly mayBeNull: boolean;
}

/** The variables of an argument; `mayBeNull`: of one that is the whole argument. */
export function neededIn(value: ValueNode, mayBeNull = false): readonly NeededVariable[] {
  switch (value.kind) {
    case Kind.VARIABLE:
      return [{ name: value.name.value, mayBeNull }];
    case Kind.LIST:
      return value.values.flatMap((item) => neededIn(item));
    case Kind.OBJECT:
      return value.fields.flatMap((field) => neededIn(field.value));
    default:
      return [];
  }
}

/** What it means that one is missing, or null where a value has to be, is for the executor's rules to say. */
export function areGiven(needed: readonly NeededVariable[], variables: Values): boolean {
  for (const { name, mayBeNull } of needed) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined || (value === null && !mayBeNull)) return false;
  }
  return true;
}
