export type { DesignContext } from './context.ts';
export { designSchema } from './design-schema.ts';
