export { type ChangeStep, compileChange } from './compile-change.ts';
export {
  compileEntityStorage,
  type EntityStorageRow,
  type FieldCheck,
  type FieldTransitions,
  type KeyPart,
} from './compile-entity-storage.ts';
export { compileLinkRules, type LinkRuleRow } from './compile-link-rules.ts';
export { compileView, type View, viewSchema } from './compile-view.ts';
