import type { Entity, Registry } from '@formwork/registry';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Kept, memoryOf, type Owner } from '../memory.ts';
import { formats } from './formats.ts';
import { inputSchema } from './json-schema.ts';
import { keywords } from './keywords.ts';
import { compilePattern } from './linear-pattern.ts';
import type { WriteOperation } from './schema-types.ts';

/** What was compiled for a registry. An Ajv instance keeps all that it compiles, so each registry has its own. */
class Validators extends Kept {
  readonly registry: WeakRef<Registry>;
  readonly ajv = createAjv();
  /** By the entity's storage key. */
  readonly compiled: Record<WriteOperation, Map<string, ValidateFunction>> = {
    create: new Map(),
    update: new Map(),
  };

  constructor(registry: Registry) {
    super(owner, emptyAjv);
    this.registry = new WeakRef(registry);
  }
}

const known = new WeakMap<Registry, Validators>();

const owner: Owner = {
  forget(entry) {
    const registry = entry instanceof Validators && entry.registry.deref();
    if (registry) known.delete(registry);
  },
};

/** Bytes: of an instance that has compiled nothing yet, and for each character of a schema that it has compiled. */
const emptyAjv = 50_000;
const forCharacter = 20;

/** The compiled check of an input that {@link prepareInput} made; compiled when first needed. */
export function validatorOf(registry: Registry, entity: Entity, operation: WriteOperation): ValidateFunction {
  const memory = memoryOf(registry);
  let validators = known.get(registry);
  if (validators === undefined) {
    validators = new Validators(registry);
    known.set(registry, validators);
    memory.add(validators);
  }
  memory.use(validators);
  const compiled = validators.compiled[operation];
  let validate = compiled.get(entity.storageKey);
  if (validate === undefined) {
    const schema = inputSchema(registry, entity, operation, 'engine');
    validate = validators.ajv.compile(schema);
    compiled.set(entity.storageKey, validate);
    memory.weigh(validators, validators.bytes + JSON.stringify(schema).length * forCharacter);
  }
  return validate;
}

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    verbose: true,
    // A field may be called "constructor"; it must not be found on Object.prototype.
    ownProperties: true,
    allowUnionTypes: true,
    validateSchema: false,
    addUsedSchema: false,
    formats,
    code: { regExp: linearRegExp },
  });
  addFormats.default(ajv, { formats: [], keywords: true });
  for (const keyword of keywords) ajv.addKeyword(keyword);
  return ajv;
}

/** A pattern that cannot be run in linear time matches nothing: better a refused value than a stopped gateway. */
function linearRegExp(pattern: string): RegExpLike {
  const compiled = compilePattern(pattern);
  // By what it says of itself ajv tells patterns apart: of two that say the same it keeps the first, for all schemas.
  return { test: (text) => compiled?.test(text) ?? false, toString: () => pattern };
}
linearRegExp.code = 'linearRegExp';

interface RegExpLike {
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
}
