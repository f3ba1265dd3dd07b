export { Cache } from './cache.ts';
export * from './contract.ts';
export { countIn, Memory } from './memory.ts';
export {
  type PreparedRead,
  type Reader,
  ReadPlans,
  type ReadPlansOptions,
} from './plan/read-plans.ts';
export type { Execute } from './read/execute.ts';
export type { ReadLimits } from './read/limits.ts';
export { refusalOf } from './read/refusal-of.ts';
export { createRecords, type RecordsOptions } from './records.ts';
export { findEntity } from './validate/find-entity.ts';
export { entitySchema } from './validate/json-schema.ts';
export type { JsonSchema, WriteOperation } from './validate/schema-types.ts';
export type { InputPath, Violation, ViolationCode } from './validate/violation.ts';
export { type ImportContext, type ImportOutcome, importRecords } from './write/import-records.ts';
export { areAlike, type LoneWrite, resultsOfEach, sizeOf, writeTogether } from './write/lone-write.ts';
export { type PreparedWrite, WritePlans, type WriteQuestion } from './write/write-plans.ts';
