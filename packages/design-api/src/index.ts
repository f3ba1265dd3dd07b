export {
  type ApiBuilder,
  type ApiChange,
  emptyRegistry,
  findApiChanges,
  type Level,
  levelOf,
} from './api-changes.ts';
export type { DesignContext } from './context.ts';
export { designSchema } from './design-schema.ts';
export { unifiedDiff } from './unified-diff.ts';
