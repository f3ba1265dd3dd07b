export * from './contract.ts';
export type { Execute } from './read/execute.ts';
export type { ReadLimits } from './read/limits.ts';
export { createRecords, type RecordsOptions } from './records.ts';
export { type ImportContext, type ImportOutcome, importRecords } from './write/import-records.ts';
