import type { FieldOptions, FieldType } from './document.ts';
import { keyProblem, longestInverse } from './keys.ts';
import type { ObjectReader } from './object-reader.ts';
import { quote } from './quote.ts';

/** Where a link leads, what leads back, and what happens when the target goes. */
export function readLink(
  reader: ObjectReader,
  key: string,
  type: FieldType,
): Pick<FieldOptions, 'target' | 'inverse' | 'onDelete'> {
  const target = reader.text('target');
  if (!reader.has('target')) {
    reader.problem(
      'MISSING',
      'target',
      `The link ${quote(key)} needs "options.target", the key of an entity.`,
    );
  }
  const inverse = reader.get('inverse') === null ? null : reader.text('inverse');
  const problem = typeof inverse === 'string' ? keyProblem(inverse, 'inverse', longestInverse) : null;
  if (problem !== null) {
    reader.problem('KEY_INVALID', 'inverse', problem);
  }
  return {
    ...(target !== undefined && { target }),
    ...(inverse !== undefined && problem === null && { inverse }),
    ...readOnDelete(reader, type),
  };
}

function readOnDelete(reader: ObjectReader, type: FieldType): Pick<FieldOptions, 'onDelete'> {
  // A link to many is a row of its own: it goes with its target, or keeps the target from going.
  const allowed =
    type === 'link' ? (['restrict', 'cascade', 'set_null'] as const) : (['restrict', 'set_null'] as const);
  const value = reader.text('onDelete');
  const onDelete = allowed.find((one) => one === value);
  if (value !== undefined && onDelete === undefined) {
    const message = `"onDelete" of type "${type}" must be one of ${allowed.join(', ')}, not ${quote(value)}.`;
    reader.problem('OPTION_INVALID', 'onDelete', message);
  }
  return onDelete === undefined ? {} : { onDelete };
}
