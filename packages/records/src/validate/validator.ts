import type { Entity, Registry } from '@formwork/registry';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LeastRecentlyUsed } from '../least-recently-used.ts';
import { formats } from './formats.ts';
import { inputSchema } from './json-schema.ts';
import { keywords } from './keywords.ts';
import { compilePattern } from './linear-pattern.ts';
import type { WriteOperation } from './schema-types.ts';

/** What was compiled for a registry. An Ajv instance keeps all that it compiles, so each registry has its own. */
interface Validators {
  readonly ajv: Ajv2020;
  readonly compiled: Map<string, ValidateFunction>;
}

const mostRegistries = 200;

const cache = new LeastRecentlyUsed<string, Validators>(mostRegistries);

/** The compiled check of an input that {@link prepareInput} made; compiled when first needed, shared by equal shapes. */
export function validatorOf(registry: Registry, entity: Entity, operation: WriteOperation): ValidateFunction {
  // The plan shape speaks of storage; the names that inputs use are in the API shape.
  const { ajv, compiled } = cache.get(`${registry.apiShape} ${registry.planShape}`, () => ({
    ajv: createAjv(),
    compiled: new Map(),
  }));
  const name = `${operation} ${entity.storageKey}`;
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(inputSchema(registry, entity, operation, 'engine'));
    compiled.set(name, validate);
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
function linearRegExp(pattern: string): { test: (text: string) => boolean } {
  return compilePattern(pattern) ?? { test: () => false };
}
linearRegExp.code = 'linearRegExp';
