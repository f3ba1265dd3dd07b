/**
 * What resolvers and the gateway know of this room, by its parts: the types are all of it that `schema-factory` imports.
 */
export type * from './contract/aggregate.ts';
export type * from './contract/connection.ts';
export type * from './contract/question.ts';
export type * from './contract/record.ts';
export * from './contract/record-error.ts';
export type * from './contract/records.ts';
