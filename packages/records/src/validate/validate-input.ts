import type { Entity, Field, Registry } from '@formwork/registry';
import type { ValidateFunction } from 'ajv';
import type { Values } from '../contract.ts';
import { checkCleared, checkCopied, checkTwins, type Report, twinsOf } from './check-absent.ts';
import { createdIn } from './created-in.ts';
import { describeError } from './describe-error.ts';
import { linksOf, targetOf } from './link-schema.ts';
import { type PreparedInput, prepareInput } from './prepare-input.ts';
import type { WriteOperation } from './schema-types.ts';
import { validatorOf } from './validator.ts';
import type { InputPath, Violation } from './violation.ts';

/**
 * More than this help nobody: a list of a million mistakes must become neither an answer of a million lines nor seconds of work, so
 * nobody looks for more where there is one more than this.
 */
export const mostTold = 5000;

/** How deep records may be created inside records: deeper than anybody writes one, and each level is a statement. */
const deepestNesting = 40;

export interface CheckedInput {
  readonly violations: readonly Violation[];
  readonly input: PreparedInput;
  /** What came of the inputs of records that it creates in its links, by those inputs. */
  readonly created: Created;
}

type Created = ReadonlyMap<object, CheckedInput>;

/** Checks an input of the entity, with what is created inside it; finds everything that is wrong at once. */
export function validateInput(
  registry: Registry,
  entity: Entity,
  operation: WriteOperation,
  path: InputPath,
  input: Values,
): CheckedInput {
  return inputCheck(registry, entity, operation)(path, input);
}

/** The same for many inputs: what is the same for all of them is looked up once. */
export function inputCheck(
  registry: Registry,
  entity: Entity,
  operation: WriteOperation,
): (path: InputPath, input: Values) => CheckedInput {
  const validate = validatorOf(registry, entity, operation);
  const links = linksOf(entity);
  const twins = twinsOf(entity);
  return (path, input) => {
    const violations: Violation[] = [];
    const report = (violation: Violation) => void violations.push(violation);
    const prepared = prepareInput(registry, entity, path, input, report);
    checkSchema(validate, entity, path, prepared, report);
    if (operation === 'create') checkTwins(twins, entity, path, prepared, report);
    checkCleared(entity, operation, path, prepared, report);
    if (operation === 'create') checkCopied(entity, path, prepared, report);
    const isEnough = () => violations.length > mostTold;
    const created = checkNested(registry, links, path, prepared, report, isEnough);
    if (violations.length === 0) return { violations, input: prepared, created };
    const told = oneEach(violations).slice(0, mostTold + 1);
    const asTold = told.map((violation) => asGiven(violation, path, prepared));
    return { violations: asTold, input: prepared, created };
  };
}

/** With the name that the client gave, where that is a former one. */
function asGiven(violation: Violation, root: InputPath, { givenAs }: PreparedInput): Violation {
  const [name, ...rest] = violation.path.slice(root.length);
  const given = typeof name === 'string' ? givenAs.get(name) : undefined;
  return given === undefined ? violation : { ...violation, path: [...root, given, ...rest] };
}

function checkSchema(
  validate: ValidateFunction,
  entity: Entity,
  path: InputPath,
  { values }: PreparedInput,
  report: Report,
): void {
  if (validate(values)) return;
  for (const error of (validate.errors ?? []).slice(0, mostTold + 1)) {
    report(describeError(entity, path, values, error));
  }
}

const nothing: Created = new Map();

/** Records that a link input creates are inputs of their own. */
function checkNested(
  registry: Registry,
  links: readonly Field[],
  path: InputPath,
  { values }: PreparedInput,
  report: Report,
  isEnough: () => boolean,
): Created {
  let created: Map<object, CheckedInput> | undefined;
  for (const field of links) {
    for (const [create, inside] of createdIn(values[field.name], [...path, field.name])) {
      if (isEnough()) return created ?? nothing;
      if (inside.filter((step) => step === 'create').length > deepestNesting) {
        const message = `Records are created inside records more than ${deepestNesting} levels deep. Create them in several steps.`;
        report({ path: inside, code: 'TOO_DEEP', message });
        continue;
      }
      const checked = validateInput(registry, targetOf(registry, field), 'create', inside, create);
      for (const violation of checked.violations) report(violation);
      created ??= new Map();
      created.set(create, checked);
    }
  }
  return created ?? nothing;
}

/** One violation for each place, the most telling: a text that is no date is not also too small a date. */
function oneEach(violations: readonly Violation[]): readonly Violation[] {
  const byPath = new Map<string, Violation>();
  for (const violation of violations) {
    const key = JSON.stringify(violation.path);
    const known = byPath.get(key);
    if (known === undefined || (telling.has(violation.code) && !telling.has(known.code)))
      byPath.set(key, violation);
  }
  return [...byPath.values()];
}

const telling = new Set<Violation['code']>(['TYPE', 'FORMAT', 'CHARACTERS', 'REQUIRED']);
