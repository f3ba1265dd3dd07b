import { mapReferences } from './map-references.ts';
import type { WorkingDocument } from './working-document.ts';

/** Calls a field otherwise wherever it is mentioned. Its own key is left to the caller, to be changed afterwards. */
export function renameFieldIn(document: WorkingDocument, entity: string, from: string, to: string): void {
  mapReferences(document, {
    entity: (key) => key,
    field: (place, key) => (place === entity && key === from ? to : key),
  });
}

/** The same of an entity, whose own key has been changed already. */
export function renameEntityIn(document: WorkingDocument, from: string, to: string): void {
  mapReferences(document, {
    entity: (key) => (key === from ? to : key),
    field: (_, key) => key,
  });
}
