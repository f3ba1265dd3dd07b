import type { FieldDocument } from './document.ts';
import { keyProblem } from './keys.ts';
import { ObjectReader } from './object-reader.ts';

/** `"convertedFrom": { "field": "rent" }`; what cannot be read is left out, with a problem. */
export function readConversion(parent: ObjectReader): Pick<FieldDocument, 'convertedFrom'> {
  if (!parent.has('convertedFrom') || parent.get('convertedFrom') === null) return {};
  const reader = ObjectReader.open(parent.get('convertedFrom'), parent.at('convertedFrom'), parent.problems);
  if (reader === null) return {};
  reader.onlyKnown(['field', 'allowLoss']);
  const field = reader.text('field');
  const allowLoss = reader.flag('allowLoss');
  const problem =
    field === undefined ? 'Say which field it is converted from.' : keyProblem(field, 'key of a field');
  if (problem !== null || field === undefined) {
    reader.problem('KEY_INVALID', 'field', problem ?? '');
    return {};
  }
  return { convertedFrom: { field, ...(allowLoss && { allowLoss }) } };
}
