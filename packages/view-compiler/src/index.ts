export { type ChangeStep, compileChange, compileChangeInSteps } from './compile-change.ts';
export {
  compileEntityStorage,
  type EntityStorageRow,
  type FieldCheck,
  type FieldTransitions,
  type KeyPart,
} from './compile-entity-storage.ts';
export { compileLinkRules, type LinkRuleRow } from './compile-link-rules.ts';
export { compileView, type View } from './compile-view.ts';
export { compileParity, type Parity } from './conversions/compile-parity.ts';
export { type ConvertedPair, conversionsOf } from './conversions/conversions-of.ts';
export { compileFormulas, formulaJson, storedFormulas } from './stored/compile-formulas.ts';
export { type CompiledRollups, compileRollups, type RollupRow } from './stored/compile-rollups.ts';
export type { GeneratedFunction } from './stored/generated-function.ts';
export { viewSchema } from './view-schema.ts';
