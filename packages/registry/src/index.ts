export { isEmail, isPhoneNumber, isWebAddress, longestAddress } from './addresses.ts';
export {
  type Alias,
  type DeprecationDocument,
  deprecationReason,
} from './aliases/alias.ts';
export type { Continued } from './aliases/identities.ts';
export { BrokenRegistryError } from './broken-registry-error.ts';
export { applyChanges, applyChangesInSteps } from './changes/apply-changes.ts';
export type { Change, ChangeKind } from './changes/change.ts';
export { changeOf, placeProblems } from './changes/place-problems.ts';
export { revertTo, type StorageNames, storageNamesOf } from './changes/revert.ts';
export { checkDocument } from './check-document.ts';
export { keyColumn, systemColumns, uniqueColumn, valueColumn } from './columns.ts';
export {
  type ConversionOutcome,
  type ConversionRule,
  type ConversionWay,
  conversionRule,
  conversionTargets,
} from './conversions.ts';
export { type CopiedDefault, copiedFrom } from './copied-default.ts';
export { createRegistry, createRegistryInSteps, type RegistryOptions } from './create-registry.ts';
export { compareDecimals, parseDecimal } from './decimal.ts';
export { didYouMean } from './did-you-mean.ts';
export { diffRegistries, diffRegistriesInSteps, type RegistryChange } from './diff.ts';
export {
  type Choice,
  type EntityDocument,
  type FieldDocument,
  type FieldOptions,
  type FieldType,
  fieldTypes,
  type KeyDocument,
  type RegistryDocument,
} from './document.ts';
export {
  assertNever,
  fieldTypeRule,
  fieldTypeRules,
  type SlotKind,
} from './field-types.ts';
export { findBroken } from './find-broken.ts';
export type {
  CallName,
  Computation,
  Computed,
  ConstantComputation,
  FieldComputation,
  FormulaType,
  RollupComputation,
  RollupWay,
  ThroughComputation,
  TimeUnit,
} from './formula/computation.ts';
export { formulaLimits } from './formula/formula-limits.ts';
export { groupBy } from './group-by.ts';
export { inSteps, Pace } from './in-steps.ts';
export { defaultLimits, type Limits, slotsPerKind } from './limits.ts';
export { linearSource, longestMatched } from './linear-source.ts';
export { loadRegistry, loadRegistryInSteps } from './load-registry.ts';
export type {
  Conversion,
  Entity,
  EntityNames,
  Field,
  Inverse,
  NamedChoice,
  Registry,
  UniqueKey,
} from './model.ts';
export {
  camelName,
  deriveAggregateField,
  deriveEntityNames,
  deriveEnumNames,
  deriveKeyNames,
  deriveRootNames,
  deriveTypeNames,
} from './names.ts';
export { type Problem, RegistryError } from './problem.ts';
export { quote } from './quote.ts';
export { registryDocumentSchema } from './registry-document-schema.ts';
export { isReservedName } from './reserved-names.ts';
export { resultType } from './result-type.ts';
export { projectRegistry, registryForRole, registryForRoleInSteps } from './roles/project-registry.ts';
export {
  isGivenByClients,
  mayDo,
  mayWrite,
} from './roles/rights.ts';
export type { Role } from './roles/role.ts';
export {
  type BuiltInRole,
  builtInRoles,
  type RoleDocument,
  type RowRule,
} from './roles/role-document.ts';
export { claimsOf, fillClaims, renameRule } from './roles/row-rule.ts';
export { slotKindOf } from './slots.ts';
export { mapInSteps, type Steps, toEnd } from './steps.ts';
export type { RetiredKeys } from './storage-keys.ts';
export {
  type StoredEntityType,
  type StoredField,
  type StoredRegistry,
  type StoredUniqueKey,
  toStoredRegistry,
} from './stored-registry.ts';
export { compareMoments, parseDate, parseDateTime, parseDuration, parseTime } from './temporal.ts';
export { isTimeZone } from './time-zone.ts';
export { toDocument } from './to-document.ts';
export { twinOf } from './twin-of.ts';
export { showsData, viewNameOf } from './view-name.ts';
export { withReadySlots, withReadySlotsInSteps } from './with-ready-slots.ts';
