import { builder } from '../builder.ts';
import {
  AddChoiceInput,
  DeprecateChoiceInput,
  RelabelChoiceInput,
  RemoveChoiceInput,
  ReorderChoicesInput,
  SetTransitionsInput,
} from './choice-inputs.ts';
import {
  ChangeEntityInput,
  CreateEntityInput,
  DeprecateEntityInput,
  RelabelEntityInput,
  RemoveEntityInput,
  RenameEntityInput,
  ReorderEntitiesInput,
} from './entity-inputs.ts';
import {
  AddFieldInput,
  ChangeFieldInput,
  ChangeLinkInput,
  ChangeTypeInput,
  DeprecateFieldInput,
  FieldPlaceInput,
  RelabelFieldInput,
  RemoveFieldInput,
  RenameFieldInput,
  ReorderFieldsInput,
} from './field-inputs.ts';
import { AddKeyInput, ChangeKeyInput, DropAliasInput, DropKeyInput } from './key-inputs.ts';
import { RemoveRoleInput, SetRoleInput } from './role-inputs.ts';

export const ChangeInput = builder.inputType('ChangeInput', {
  description:
    'One change: exactly one of these. Changes of a list are done one after the other, so a later one calls things as an ' +
    'earlier one has called them. `[{ renameField: { entity: "flight", field: "departs_at", to: "departure" } }, ' +
    '{ indexField: { entity: "flight", field: "departure" } }]`',
  isOneOf: true,
  fields: (t) => ({
    createEntity: t.field({
      type: CreateEntityInput,
      description: '`{ key: "pilot", fields: [{ key: "name", type: text, required: true }] }`',
    }),
    renameEntity: t.field({ type: RenameEntityInput, description: '`{ entity: "flight", to: "trip" }`' }),
    relabelEntity: t.field({
      type: RelabelEntityInput,
      description: '`{ entity: "flight", label: "Flight" }`',
    }),
    deprecateEntity: t.field({
      type: DeprecateEntityInput,
      description: '`{ entity: "flight", reason: "We plan trips now.", replacement: "trip" }`',
    }),
    removeEntity: t.field({
      type: RemoveEntityInput,
      description: '`{ entity: "flight" }`. Deprecated first; its records are kept out of sight.',
    }),
    changeEntity: t.field({
      type: ChangeEntityInput,
      description: '`{ entity: "flight", softDelete: true }`',
    }),
    reorderEntities: t.field({
      type: ReorderEntitiesInput,
      description: '`{ order: ["flight", "airport"] }`',
    }),
    addField: t.field({
      type: AddFieldInput,
      description: '`{ entity: "flight", field: { key: "gate", type: text }, after: "number" }`',
    }),
    renameField: t.field({
      type: RenameFieldInput,
      description: '`{ entity: "flight", field: "departs_at", to: "departure" }`',
    }),
    relabelField: t.field({
      type: RelabelFieldInput,
      description: '`{ entity: "flight", field: "gate", label: "Gate" }`',
    }),
    deprecateField: t.field({
      type: DeprecateFieldInput,
      description: '`{ entity: "flight", field: "gate", reason: "Stands are kept.", replacement: "stand" }`',
    }),
    removeField: t.field({
      type: RemoveFieldInput,
      description: '`{ entity: "flight", field: "gate" }`. Deprecated first.',
    }),
    changeField: t.field({
      type: ChangeFieldInput,
      description: '`{ entity: "flight", field: "gate", required: true, options: { maxLength: 4 } }`',
    }),
    indexField: t.field({ type: FieldPlaceInput, description: '`{ entity: "flight", field: "gate" }`' }),
    unindexField: t.field({ type: FieldPlaceInput, description: '`{ entity: "flight", field: "gate" }`' }),
    changeType: t.field({
      type: ChangeTypeInput,
      description: '`{ entity: "flight", field: "gate", type: integer, newKey: "gate_number" }`',
    }),
    changeLink: t.field({
      type: ChangeLinkInput,
      description: '`{ entity: "flight", field: "origin", inverse: "departures", onDelete: "restrict" }`',
    }),
    reorderFields: t.field({
      type: ReorderFieldsInput,
      description: '`{ entity: "flight", order: ["number", "gate"] }`',
    }),
    addChoice: t.field({
      type: AddChoiceInput,
      description: '`{ entity: "flight", field: "status", choice: { key: "cancelled" }, after: "planned" }`',
    }),
    relabelChoice: t.field({
      type: RelabelChoiceInput,
      description: '`{ entity: "flight", field: "status", choice: "flown", label: "Landed" }`',
    }),
    deprecateChoice: t.field({
      type: DeprecateChoiceInput,
      description: '`{ entity: "flight", field: "status", choice: "flown", reason: "Say landed." }`',
    }),
    removeChoice: t.field({
      type: RemoveChoiceInput,
      description: '`{ entity: "flight", field: "status", choice: "flown" }`',
    }),
    reorderChoices: t.field({
      type: ReorderChoicesInput,
      description: '`{ entity: "flight", field: "status", order: ["planned", "flown"] }`',
    }),
    setTransitions: t.field({
      type: SetTransitionsInput,
      description:
        '`{ entity: "flight", field: "status", initial: ["planned"], transitions: { planned: ["flown"] } }`',
    }),
    addKey: t.field({
      type: AddKeyInput,
      description: '`{ entity: "flight", key: { key: "by_number", fields: ["number", "departs_at"] } }`',
    }),
    changeKey: t.field({
      type: ChangeKeyInput,
      description: '`{ entity: "flight", key: "by_number", caseInsensitive: true }`',
    }),
    dropKey: t.field({ type: DropKeyInput, description: '`{ entity: "flight", key: "by_number" }`' }),
    dropAlias: t.field({
      type: DropAliasInput,
      description: '`{ entity: "flight", field: "departure", alias: "departs_at" }`',
    }),
    setRole: t.field({
      type: SetRoleInput,
      description:
        '`{ role: { key: "crew", permissions: [{ entity: "flight", read: { fields: ["number"] } }] } }`',
    }),
    removeRole: t.field({ type: RemoveRoleInput, description: '`{ role: "crew" }`' }),
  }),
});
